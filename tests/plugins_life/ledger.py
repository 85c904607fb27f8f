"""What must not change: the bytes of facts, the paper of receipts, the rows of tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from genesis.kernel.facts import SaleCompleted
from genesis.plugin.app import App


def facts(app: App) -> dict[str, tuple[bytes, bytes]]:
    """Return name -> (body, hash) of every fact."""
    return {str(e.ref): (e.body, e.hash) for e in app.raw_journal.scan()}


def sales(app: App) -> list[SaleCompleted]:
    """Return every sale and return."""
    return [e.fact for e in app.raw_journal.scan() if isinstance(e.fact, SaleCompleted)]


def tables(app: App) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table of every running projection, in key order."""
    with app.views.connect(readonly=True) as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for projection in app.projector.projections.values()
            for table in projection.tables
        }


def kill(app: App) -> None:
    """End an App as a kill would: nothing is caught up, told or tidied, only what the system frees is freed."""
    app.raw_journal.on_append = []
    app.doorbell.stop()
    app.projector.close()
    app.db.close()
    app.views.close()
    app.raw_journal.close()
    app.database.close()
    app.keys.close()
    app._hold.drop()
