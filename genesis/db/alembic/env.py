"""Runs the revisions of one tree on the connection it is given, inside that connection's transaction."""

from alembic import context

options = context.config.attributes
context.configure(
    connection=options["connection"],
    version_table=options["version_table"],
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
