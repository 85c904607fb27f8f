"""Projections: exactly once, alone in their faults, identical when rebuilt; every fault of the prototype again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from genesis import NotReady
from genesis.db import tables as t
from genesis.db.locks import Hold
from genesis.kernel import projector as projector_module
from genesis.kernel.facts import DrawerOpened, ProjectionSkipped
from genesis.kernel.projector import Projector
from genesis.testkit.stores import as_plugin
from tests.probes.follower.plugin import Follower, last

FOLDER = Path(__file__).parent.parent / "probes" / "follower"


def extra(**how):
    return as_plugin(Follower(**how), "probe", FOLDER)


def follow(stores, **how):
    return stores.new(extra=extra(**how))


def open_drawer(app, *reasons, stream="R1"):
    for reason in reasons:
        done = app.raw_journal.append(DrawerOpened(register=stream, reason=reason), stream=stream, actor="")
    return done


def rows(app):
    return {r.key: (r.value, r.n) for r in app.db.all(select(last))}


def test_each_fact_is_applied_once_whatever_is_restarted(both):
    app = follow(both)
    open_drawer(app, "a", "b")
    app.close()
    app = both.open(app, plugins=(), extra=extra())
    open_drawer(app, "c")
    assert rows(app)["R1"][0] == "c"
    assert rows(app)["count"][1] == 3


def test_last_writer_wins_the_same_live_and_rebuilt_over_several_streams(both):
    def newest(db, entry):
        db.upsert(last, [{"key": "k", "value": entry.fact.reason}])

    app = follow(both, handlers={"drawer.opened": newest})
    for n, stream in enumerate(["A", "B", "A", "B", "office", "A"]):
        open_drawer(app, str(n), stream=stream)
    assert rows(app)["k"][0] == "5"
    assert app.rebuild("probe_last", swap=False).different == ()


def test_a_failing_projection_stops_alone_says_so_and_goes_on_when_mended(both):
    app = follow(both)
    open_drawer(app, "a", "poison", "b")
    status = {row["name"]: row for row in app.projector.status()}
    assert "cannot read this" in status["probe_last"]["error"]
    assert status["kernel_till"]["lag"] == 0
    assert status["probe_last"]["lag"] > 0
    with pytest.raises(NotReady, match="cannot read this"):
        app.projector.require(("probe_last",))
    with pytest.raises(NotReady, match="cannot read this"):
        app.journal.wait(app.raw_journal.pos(), "probe_last", timeout=0.1)
    app.projector.projections["probe_last"].handlers["drawer.opened"] = lambda *_: None
    app.projector.retry_now()
    app.projector.catch_up()
    assert {row["name"]: row["error"] for row in app.projector.status()}["probe_last"] == ""


def test_an_admin_may_leave_a_fact_out_and_a_rebuild_repeats_it(both):
    app = follow(both)
    bad = open_drawer(app, "a", "poison")
    open_drawer(app, "b")
    app.journal.append(
        ProjectionSkipped(projection="probe_last", stream=bad.refs[0].stream, seq=bad.refs[0].seq, why="broken"),
        state=[("skip", "probe_last", [str(bad.refs[0])])],
    )
    app.projector.retry_now()
    app.projector.catch_up()
    assert rows(app)["count"][1] == 2
    assert app.rebuild("probe_last", swap=True).different == ()


def test_a_rebuild_finds_and_mends_a_changed_row_while_the_live_table_answers(both):
    app = follow(both)
    open_drawer(app, "a", "b")
    with app.views.connect() as connection:
        connection.execute(last.update().where(last.c.key == "R1").values(value="tampered"))
    assert app.rebuild("probe_last", swap=True).different == ("probe_last",)
    assert rows(app)["R1"][0] == "b"
    assert app.rebuild("probe_last", swap=False).different == ()


@pytest.mark.parametrize("damage", ["version", "other journal", "shorter journal"])
def test_a_projection_of_another_version_or_journal_is_rebuilt_at_start(both, damage):
    app = follow(both)
    open_drawer(app, "a", "b")
    with app.views.connect() as connection:
        connection.execute(last.update().values(value="old"))
        if damage != "version":
            connection.execute(t.cursors.update().values(hash=b"x" * 32))
        if damage == "shorter journal":  # an older copy was put back below newer tables
            connection.execute(t.cursors.update().values(pos=t.cursors.c.pos + 5))
    app.close()
    app = both.open(app, plugins=(), extra=extra(version=2 if damage == "version" else 1))
    assert rows(app)["R1"][0] == "b"
    assert app.projector.stale() == []
    open_drawer(app, "c")
    assert rows(app)["R1"][0] == "c"
    assert [r["error"] for r in app.projector.status() if r["error"] or r["lag"]] == []


def test_a_handler_that_reads_another_table_is_refused(stores):
    def nosy(db, entry):
        db.all(select(t.sale))

    app = follow(stores, handlers={"drawer.opened": nosy})
    open_drawer(app, "a")
    assert "not its own" in {r["name"]: r["error"] for r in app.projector.status()}["probe_last"]


def test_the_authorizer_stops_a_handler_that_goes_behind_the_api(stores):
    def nosy(db, entry):
        db._writer._cursor.execute("SELECT * FROM kernel_sale").fetchall()

    app = follow(stores, handlers={"drawer.opened": nosy})
    open_drawer(app, "a")
    error = {r["name"]: r["error"] for r in app.projector.status()}["probe_last"]
    assert "prohibited" in error or "not authorized" in error


def test_a_projection_that_starts_when_enabled_leaves_out_what_was_before_and_while_off(both):
    app = both.new()
    open_drawer(app, "before")
    app.close()
    app = both.open(app, plugins=(), extra=extra(since="enabled"))
    app.switch("probe", enabled=True)
    open_drawer(app, "on")
    app.switch("probe", enabled=False)
    open_drawer(app, "off")
    app.switch("probe", enabled=True)
    open_drawer(app, "on again")
    assert rows(app)["count"][1] == 2
    assert app.rebuild("probe_last", swap=False).different == ()


@pytest.mark.parametrize(("choice", "count"), [("start", 2), ("enabled", 1)])
def test_a_projection_that_asks_follows_the_admins_choice_and_a_rebuild_repeats_it(both, choice, count):
    app = both.new()
    open_drawer(app, "before")
    app.close()
    app = both.open(app, plugins=(), extra=extra(since="ask"))
    app.switch("probe", enabled=True, since={"probe_last": choice})
    open_drawer(app, "after")
    assert rows(app)["count"][1] == count
    assert app.rebuild("probe_last", swap=False).different == ()


def test_two_projectors_without_a_lease_apply_every_fact_once(stores):
    app = follow(stores)
    app.doorbell.stop()
    projections = list(app.projector.projections.values())
    other = Projector(app.views, app.raw_journal, projections, Hold(app.home.folder / "locks" / "x"))
    app.raw_journal.on_append = []
    open_drawer(app, *(str(n) for n in range(300)))
    errors = []

    def drive(projector):
        try:
            projector.catch_up()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=drive, args=(p,)) for p in (app.projector, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.catch_up()
    other.close()
    assert not errors
    assert rows(app)["count"][1] == 300
    assert not any(row["error"] for row in app.projector.status())


def test_deleted_views_come_back_by_themselves(stores):
    app = stores.new()
    app.register.shifts.open(5_000)
    app.close()
    for part in app.home.folder.glob("views.db*"):
        part.unlink()
    app = stores.open(app, plugins=())
    assert ("Float", "50.00") in app.register.shifts.x_report()[-1].rows


def test_a_thread_follows_and_another_process_wakes_it(stores):
    app = stores.new(projector="thread", strict=False)
    office = stores.open(app, plugins=(), register=False, projector="none")
    done = office.journal.append(DrawerOpened(register="R1"))
    app.journal.wait(done.pos)
    assert app.projector.lease.held
    assert not office.projector.lease.held


def test_a_close_waits_for_nobody_who_waits_and_leaves_the_connections_of_threads_that_run(both):
    """Closing under a thread that reads ended the process; one that waited for its tables held it up for seconds."""
    app = both.new(projector="thread")
    began, read, told = threading.Event(), threading.Event(), []

    def wait():
        told.append(app.projector._reader.connection)
        began.set()
        try:
            app.journal.wait(10**9, timeout=30)
        except NotReady as closing:
            told.append(type(closing).__name__)
        read.wait(30)
        told.append(told[0].exec_driver_sql("SELECT 1").scalar())

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    began.wait(30)
    app.close()
    read.set()
    waiting.join(30)
    assert told[1:] == ["Closing", 1]
    app.projector.close()  # now that its thread has ended
    assert told[0].closed


def test_what_is_late_is_waited_for_a_moment_and_refused_where_it_does_not_come(both, monkeypatch):
    monkeypatch.setattr(projector_module, "PATIENCE", -1.0)
    app = follow(both)
    app.raw_journal.on_append = []
    open_drawer(app, "late")
    monkeypatch.setattr(projector_module, "HOLD", 0.0)
    with pytest.raises(NotReady, match="did not get there in time"):
        app.projector.require(("probe_last",))
    monkeypatch.setattr(projector_module, "HOLD", 60.0)
    busy = threading.Thread(target=app.projector.catch_up)
    looked = app.projector.cursors

    def look():
        if not busy.ident:
            busy.start()  # while the answer is wanted
        return looked()

    monkeypatch.setattr(app.projector, "cursors", look)
    app.projector.require(("probe_last",))
    busy.join()
    assert rows(app)["R1"][0] == "late"
