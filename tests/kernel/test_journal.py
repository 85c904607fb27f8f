"""The journal: durable, gapless, chained; proved over a closed and reopened store on both databases."""

from __future__ import annotations

import random
from typing import ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select, update

from genesis import Balance, Expect, Fact, FactRef, Free, GuardRefused, Once, RawFact, Unique, UserError
from genesis.db import tables as t
from genesis.kernel.errors import JournalDamaged
from genesis.kernel.facts import DrawerOpened, LineVoided
from genesis.kernel.guardbook import replay
from genesis.kernel.journalsql import NODE
from genesis.kernel.registry import Registry
from genesis.kernel.verify import verify


def note(reason="x"):
    return DrawerOpened(register="R1", reason=reason)


def reopen(stores, app):
    app.close()
    return stores.open(app, plugins=())


def test_what_was_appended_is_there_after_a_reopen_in_order_and_typed(both):
    app = both.new()
    start = app.raw_journal.pos()
    first = app.journal.append(note("a"), note("b"))
    second = app.journal.append(note("c"))
    assert first.refs[1].seq == first.refs[0].seq + 1
    assert second.refs[0].seq == first.refs[1].seq + 1
    again = reopen(both, app)
    entries = again.raw_journal.read(start)
    assert [e.fact.reason for e in entries] == ["a", "b", "c"]
    assert [e.pos for e in entries] == [start + 1, start + 2, start + 3]
    assert again.journal.entry(first.refs[0]).hash == entries[0].hash
    assert verify(again.raw_journal) == start + 3


def test_a_guard_that_refuses_refuses_the_whole_append(both):
    app = both.new()
    before = app.raw_journal.pos()
    with pytest.raises(GuardRefused):
        app.journal.append(note(), guards=[Once("coupon", "A"), Balance("card", "1", -1)])
    assert app.raw_journal.pos() == before
    assert app.journal.holder("coupon", "A") == ""
    done = app.journal.append(note(), guards=[Once("coupon", "A")])
    assert app.journal.holder("coupon", "A") == str(done.refs[0])


def test_what_each_guard_promises(both):
    app = both.new()

    def use(*guards):
        return app.journal.append(note(), guards=guards)

    use(Unique("sku", "A", "p1"))
    use(Unique("sku", "A", "p1"))
    with pytest.raises(GuardRefused) as taken:
        use(Unique("sku", "A", "p2"))
    assert taken.value.holder == "p1"
    use(Free("sku", "A", "p2"))
    assert app.journal.holder("sku", "A") == "p1"
    use(Free("sku", "A", "p1"), Unique("sku", "A", "p2"))
    assert app.journal.holder("sku", "A") == "p2"
    use(Balance("card", "1", 98))
    use(Balance("card", "1", -97))
    with pytest.raises(GuardRefused):
        use(Balance("card", "1", -2))
    with pytest.raises(GuardRefused):
        use(Balance("card", "1", 5, ceiling=5))
    with pytest.raises(GuardRefused):
        use(Balance("card", "1", 1, was=7))
    assert app.journal.balance("card", "1") == 1
    use(Expect("rev", "x", 0))
    use(Expect("rev", "x", 1))
    with pytest.raises(GuardRefused):
        use(Expect("rev", "x", 1))


def test_the_guards_table_is_what_the_facts_say(both):
    app = both.new()
    for n in range(5):
        app.journal.append(note(), guards=[Once("n", str(n)), Balance("sum", "k", n), Unique("u", "k", "me")])
    app.journal.append(note(), guards=[Free("u", "k", "me")])
    expected = replay((str(e.ref), e.guards) for e in app.raw_journal.scan())
    with app.database.connect(readonly=True) as connection:
        found = {(r.space, r.key): (r.owner, r.amount) for r in connection.execute(select(t.guards))}
    assert found == expected
    assert found[("sum", "k")] == ("", 10)
    assert ("u", "k") not in found


def test_streams_are_gapless_each_and_share_one_order(both):
    app = both.new()
    journal = app.raw_journal
    start = journal.pos()
    for stream in ("A", "B", "A", "office", "B", "B"):
        journal.append(note(stream), stream=stream, actor="me")
    found = [(e.stream, e.seq) for e in journal.read(start) if e.stream in "AB"]
    assert found == [("A", 1), ("B", 1), ("A", 2), ("B", 2), ("B", 3)]
    verify(journal)


def test_time_never_runs_back_within_a_stream(both, clock):
    app = both.new(clock=clock)
    app.journal.append(note("now"))
    clock.forward(days=-400)
    app.journal.append(note("then"))
    last = app.raw_journal.read(app.raw_journal.pos() - 2)
    assert last[0].at == last[1].at


def test_a_fact_that_is_too_large_is_refused_and_nothing_is_kept(both):
    app = both.new()
    before = app.raw_journal.pos()
    with pytest.raises(UserError, match="larger than 256 KiB"):
        app.journal.append(note("x" * 300_000))
    assert app.raw_journal.pos() == before


@pytest.mark.parametrize("column", ["body", "actor", "kind", "at", "guards", "cause", "prev", "hash", "seq", "codec"])
def test_any_changed_column_is_found_and_placed(both, column):
    app = both.new()
    done = app.journal.append(note("one"), guards=[Once("a", "b")])
    app.journal.append(note("two"))
    value = {"body": b'{"register":"R1","reason":"two"}', "prev": b"0" * 32, "hash": b"1" * 32, "seq": 99,
             "guards": "[]"}.get(column, "other")  # fmt: skip
    with app.database.connect() as connection:
        connection.execute(update(t.journal).where(t.journal.c.pos == done.pos).values({column: value}))
    with pytest.raises(JournalDamaged) as damage:
        verify(app.raw_journal)
    assert damage.value.place.split()[0] == done.refs[0].stream


@pytest.mark.parametrize("what", ["last", "middle", "swapped", "head"])
def test_missing_and_reordered_facts_are_found(both, what):
    app = both.new()
    places = [app.journal.append(note(n)).pos for n in "abc"]
    j = t.journal
    with app.database.connect() as connection:
        if what == "head":
            connection.execute(update(t.heads).where(t.heads.c.stream != NODE).values(seq=t.heads.c.seq + 1))
        elif what == "swapped":
            bodies = [connection.execute(select(j.c.body).where(j.c.pos == p)).scalar() for p in places[:2]]
            for place, body in zip(places, reversed(bodies), strict=False):
                connection.execute(update(j).where(j.c.pos == place).values(body=body))
        else:
            connection.execute(j.delete().where(j.c.pos == (places[-1] if what == "last" else places[1])))
    with pytest.raises(JournalDamaged):
        verify(app.raw_journal)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_byte_of_a_fact_is_found(store, data):
    app = store()
    reason = data.draw(st.sampled_from(["a reason of some length", "a reason so long that it is stored small " * 20]))
    place = app.journal.append(note(reason), guards=[Once("k", "v")]).pos
    app.journal.append(note("after"))
    column = data.draw(st.sampled_from(["body", "prev", "hash"]))
    with app.database.connect() as connection:
        value = bytearray(connection.execute(select(t.journal.c[column]).where(t.journal.c.pos == place)).scalar())
        value[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        connection.execute(update(t.journal).where(t.journal.c.pos == place).values({column: bytes(value)}))
    with pytest.raises(JournalDamaged):
        verify(app.raw_journal)
    app.close()


def test_a_long_fact_is_stored_small_and_read_as_it_was(both):
    app = both.new()
    reason = "what a sale of many lines repeats " * 30
    ref = app.journal.append(note(reason)).refs[0]
    short = app.journal.append(note("short")).refs[0]
    again = reopen(both, app)
    entry = again.journal.entry(ref)
    assert (entry.codec, entry.fact.reason, len(entry.stored) < 200) == ("z", reason, True)
    assert msgspec.json.decode(entry.body)["reason"] == reason
    assert again.journal.entry(short).stored == again.journal.entry(short).body
    assert verify(again.raw_journal) == again.raw_journal.pos()


def test_what_a_later_version_stored_is_named_and_not_taken_for_something_else(both):
    app = both.new()
    ref = app.journal.append(note("one")).refs[0]
    with app.database.connect() as connection:
        connection.execute(update(t.journal).where(t.journal.c.seq == ref.seq).values(codec="later"))
    with pytest.raises(JournalDamaged, match=f"{ref.stream} {ref.seq}: .*codec 'later' is not known"):
        _ = app.journal.entry(ref).fact


class LineVoidedLater(LineVoided, frozen=True, kw_only=True):
    """Version 2 of a probe's fact: the reason became a list."""

    kind: ClassVar[str] = "probe.voided"
    version: ClassVar[int] = 2
    upcasts: ClassVar = {1: lambda body: {**body, "reasons": (body.pop("reason", ""),)}}
    reasons: tuple[str, ...] = ()


class LineVoidedFirst(LineVoided, frozen=True, kw_only=True):
    """Version 1."""

    kind: ClassVar[str] = "probe.voided"


def test_an_old_version_is_read_through_its_up_caster_and_its_bytes_stay(both):
    app = both.new()
    app.raw_journal.registry.add(LineVoidedFirst)
    fact = LineVoidedFirst(sale="s", line="1", item="i", name="n", qty=1, amount=1, currency="EUR", reason="torn")
    ref = app.journal.append(fact).refs[0]
    body = app.journal.entry(ref).body
    app.raw_journal.registry = Registry([LineVoidedLater])
    entry = app.journal.entry(ref)
    assert entry.fact.reasons == ("torn",)
    assert entry.body == body
    verify(app.raw_journal)


def test_a_fact_of_a_missing_plugin_stays_raw_bytes(both):
    app = both.new()
    app.raw_journal.registry.add(LineVoidedFirst)
    fact = LineVoidedFirst(sale="s", line="1", item="i", name="n", qty=1, amount=1, currency="EUR")
    ref = app.journal.append(fact).refs[0]
    again = reopen(both, app)
    entry = again.journal.entry(ref)
    assert isinstance(entry.fact, RawFact)
    assert entry.fact.name == "probe.voided"
    assert verify(again.raw_journal) == again.raw_journal.pos()


def test_two_types_of_one_kind_and_a_missing_up_caster_are_refused():
    with pytest.raises(Exception, match="two fact types"):
        Registry([LineVoidedFirst, LineVoidedLater])

    class Gap(Fact, frozen=True, kw_only=True):
        kind: ClassVar[str] = "probe.gap"
        version: ClassVar[int] = 3
        upcasts: ClassVar = {1: lambda body: body}

    with pytest.raises(Exception, match="without an up-caster from 2"):
        Registry([Gap])


def test_a_second_process_of_one_register_is_refused_naming_the_first(stores):
    app = stores.new()
    with pytest.raises(UserError, match=r"open already in process \d+"):
        stores.open(app, plugins=())
    office = stores.open(app, plugins=(), register=False)
    office.journal.append(note("from the office"))
    assert app.raw_journal.read(app.raw_journal.pos() - 1)[0].stream == "office"


def test_fact_names_are_read_back():
    assert FactRef.parse("R1b:12") == FactRef("R1b", 12)


def test_a_closed_shift_seals_the_journal_and_another_key_does_not(both):
    app = both.new()
    app.register.shifts.open(0)
    app.register.shifts.close(0)
    assert verify(app.raw_journal, app.keys.public_key()) == app.raw_journal.pos()
    with pytest.raises(JournalDamaged, match="another key"):
        verify(app.raw_journal, "00" * 32)


def test_the_log_is_moved_into_the_file_and_emptied_when_it_is_large(stores, monkeypatch):
    app = stores.new()
    app.journal.append(note(random.Random(1).randbytes(50_000).hex()))
    log = app.home.folder / "journal.db-wal"
    before = app.database.place.path.stat().st_size
    app.database.checkpoint()
    assert app.database.place.path.stat().st_size > before
    monkeypatch.setattr("genesis.db.engine.LARGEST_LOG", 1_000)
    app.journal.append(note("y"))
    app.database._checkpointed = 0
    app.database.checkpoint()
    assert log.stat().st_size == 0
    assert verify(app.raw_journal) == app.raw_journal.pos()
