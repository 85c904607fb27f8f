"""Two plugins that bring the same thing, migrations that fail, and tables that must be rebuilt: one is out, the rest sell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, inspect

from genesis import Action, Fact, Item, Job, Permission, Projection, Reaction, Records, Screen, hookimpl
from genesis.kernel.facts import DrawerOpened
from genesis.testkit.stores import as_plugin
from tests.probes.follower.plugin import Follower, last

FOLLOWER = Path(__file__).parent.parent / "probes" / "follower"


class Voucher:
    id, title, icon, cash = "voucher", "Voucher", "ticket", False


class First(Fact, frozen=True, kw_only=True):
    kind = "clash.happened"


class Second(Fact, frozen=True, kw_only=True):
    kind = "clash.happened"


class Lost(Fact, frozen=True, kw_only=True):
    kind = "clash.old"
    version = 3


def table(name="clash_t"):
    return Table(name, MetaData(), Column("id", Text, primary_key=True), Column("rev", Integer))


class Brings:
    """Brings whatever it is told to, by hook."""

    def __init__(self, **what):
        self.what = what

    def _get(self, hook):
        return self.what.get(hook)


for _hook in ("facts", "permissions", "projections", "records", "reactions", "payment_methods", "screens", "actions",
              "jobs"):  # fmt: skip
    setattr(Brings, _hook, hookimpl(lambda self, hook=_hook: self._get(hook)))


def info(app, plugin):
    return next(row for row in app.plugins() if row.id == plugin)


def sells(app):
    app.register.add(Item(ref="t:1", name="Tea"), unit_price=12_500)
    return app.register.pay("cash").sale.total == 125


def _do(*_args):
    return None


@pytest.mark.parametrize(
    ("hook", "one", "two", "told"),
    [
        ("facts", [First], [Second], "two fact types are called clash.happened"),
        ("facts", [First], [DrawerOpened.__class__], "facts"),
        ("facts", [First], [Lost], "without an up-caster"),
        ("permissions", [Permission(id="one.do", title="")], [Permission(id="one.do", title="")], "one.do"),
        ("permissions", None, [Permission(id="till.close", title="")], "till.close"),
        ("permissions", None, [Permission(id="free", title="")], "free must begin with two."),
        ("projections", [Projection(name="p", tables=(), handlers={})], [Projection(name="p", tables=(), handlers={})],
         "the projection p is there already, brought by one"),
        ("projections", None, [Projection(name="kernel_till", tables=(), handlers={})], "brought by the kernel"),
        ("projections", [Projection(name="p", tables=(table(),), handlers={})],
         [Projection(name="q", tables=(table(),), handlers={})], "the table clash_t is there already"),
        ("records", [Records(name="r", table=table())], [Records(name="r", table=table("clash_u"))], "the record r"),
        ("records", None, [Records(name="r", table=Table("clash_v", MetaData(), Column("x", Text)))], "records: r"),
        ("reactions", [Reaction(name="r", kinds=(), run=_do)], [Reaction(name="r", kinds=(), run=_do)], "the reaction r"),
        ("payment_methods", [Voucher()], [Voucher()], "the payment method voucher is there already, brought by one"),
        ("screens", [Screen(id="s", title="", icon="", build="", permission="")],
         [Screen(id="s", title="", icon="", build="", permission="")], "the screen s is there already, brought by one: rename it in two, or switch one of the two off"),
        ("actions", [Action(id="a", title="", run=_do, permission="")],
         [Action(id="a", title="", run=_do, permission="")], "the action a"),
        ("jobs", [Job(id="j", every=60, run=_do)], [Job(id="j", every=60, run=_do)], "the job j"),
        ("jobs", None, [Job(id="j", every=60, run=_do), Job(id="j", every=60, run=_do)],
         "the job j is there already, brought by two: give it another name in two"),
    ],
)  # fmt: skip
def test_of_two_that_bring_the_same_the_later_is_out(hook, one, two, told, stores):
    first, second = Brings(**{hook: one}), Brings()
    extra = as_plugin(first, "one") | as_plugin(second, "two")
    app = stores.new("cash", extra=extra)
    second.what = {hook: two}
    app.restart()
    assert info(app, "one").status == "enabled"
    assert info(app, "two").status == "error"
    assert told in info(app, "two").reason
    assert sells(app)
    assert not app.outdated()


BAD_MIGRATION = '''"""Fails half way."""

from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("probe_half", sa.Column("a", sa.Text, primary_key=True))
    raise RuntimeError("no room")
'''


def test_a_failing_migration_leaves_nothing_behind_and_the_plugin_catches_up_when_it_is_mended(both, tmp_path):
    folder = tmp_path / "probe"
    shutil.copytree(FOLLOWER, folder)
    revision = folder / "migrations" / "0001_start.py"
    good = revision.read_text()
    extra = as_plugin(Follower(), "probe", folder, schema="0001")
    app = both.new("cash", extra=extra)
    app.close()
    if app.views.sqlite:
        for file in app.home.folder.glob("views.db*"):
            file.unlink()
    else:
        with app.views.connect() as connection:
            connection.exec_driver_sql("DROP SCHEMA genesis_views CASCADE")
        app.views.close()
    revision.write_text(BAD_MIGRATION)
    app = both.open(app, plugins=("cash",), extra=extra)
    assert info(app, "probe").status == "error"
    assert "no room" in info(app, "probe").reason
    with app.views.connect() as connection:
        assert not {"probe_half", last.name} & set(inspect(connection).get_table_names())
    assert sells(app)
    app.close()
    revision.write_text(good)
    app = both.open(app, plugins=("cash",), extra=extra)
    assert info(app, "probe").status == "enabled"
    assert [r for r in app.projector.status() if r["name"] == "probe_last" and r["lag"] == 0]
    assert app.rebuild("probe_last", swap=False).different == ()


def test_a_new_version_that_cannot_be_rebuilt_holds_only_itself_up(stores):
    extra = as_plugin(Follower(), "probe", FOLLOWER)
    app = stores.new("cash", extra=extra)
    app.raw_journal.append(DrawerOpened(register="R1", reason="a"), stream="office", actor="")
    app.close()

    def broken(db, entry):
        raise ValueError("the new version cannot read this")

    worse = as_plugin(Follower(version=2, handlers={"drawer.opened": broken}), "probe", FOLLOWER)
    app = stores.open(app, plugins=("cash",), extra=worse)
    assert sells(app)
    row = next(r for r in app.projector.status() if r["name"] == "probe_last")
    assert row["lag"] > 0
    assert "the new version cannot read this" in row["error"]
    app.close()
    mended = as_plugin(Follower(version=3), "probe", FOLLOWER)
    app = stores.open(app, plugins=("cash",), extra=mended)
    row = next(r for r in app.projector.status() if r["name"] == "probe_last")
    assert (row["lag"], row["error"], row["version"]) == (0, "", 3)
