"""Many guards at once promise what each of them promises alone; people stay behind keys, and go, on both databases."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from genesis import Balance, Expect, Free, GuardRefused, Once, Refused, Unique, UserError
from genesis.db import tables as t
from genesis.kernel.facts import DrawerOpened
from genesis.kernel.guardbook import PLACES, replay

CARD = "customers_card"


def note():
    return DrawerOpened(register="R1")


def table_of(app):
    with app.database.connect(readonly=True) as connection:
        return {(r.space, r.key): (r.owner, r.amount) for r in connection.execute(select(t.guards))}


def some_guards(chance, count):
    """Guards that never refuse but meet each other: taken and freed again, moved twice, expected in a row."""
    revisions: dict[str, int] = {}
    for n in range(count):
        key = str(chance.randrange(60))
        kind = chance.randrange(5)
        if kind == 0:
            revisions[key] = revisions.get(key, 0) + 1
            yield Expect("rev", key, revisions[key] - 1)
        else:
            yield (Unique("u", key, key), Free("u", key, key), Balance("b", key, 3), Once("o", f"{count}-{n}"))[
                kind - 1
            ]


@pytest.mark.parametrize("count", [len(PLACES) - 1, len(PLACES), 3 * len(PLACES) + 7, 1_000])
def test_many_guards_leave_what_the_facts_say(both, count):
    app = both.new()
    guards = list(some_guards(random.Random(count), count))
    app.journal.append(note(), guards=guards)
    assert table_of(app) == replay((str(e.ref), e.guards) for e in app.raw_journal.scan())


@pytest.mark.parametrize("place", [0, 41, 99])
def test_one_refusal_among_many_refuses_all(both, place):
    app = both.new()
    app.journal.append(note(), guards=[Unique("u", "7", "me")])
    before = table_of(app)
    guards = [Unique("v", str(n), "you") for n in range(100)]
    guards[place] = Unique("u", "7", "you")
    with pytest.raises(GuardRefused) as refused:
        app.journal.append(note(), guards=guards)
    assert (refused.value.guard, refused.value.holder) == (guards[place], "me")
    assert table_of(app) == before


def test_who_holds_many_keys_is_asked_at_once(both):
    app = both.new()
    app.journal.append(note(), guards=[Unique("u", str(n), f"o{n}") for n in range(0, 200, 2)])
    held = app.pos.journal.held("u", [str(n) for n in (*range(150), 4, 4)])
    assert held == {str(n): (f"o{n}", 0) for n in range(0, 150, 2)}
    assert app.pos.journal.held("u", []) == app.pos.journal.held("none", ["1"]) == {}


def test_the_unique_values_of_a_person_are_keyed_digests(both):
    app, other = both.new("customers"), both.new("customers")
    for store in (app, other):
        store.pos.records("customers_customer").save({"name": "Ada", "cards": [{"code": "C-1"}]}, record_id="ada")
    keys = [{key for space, key in table_of(store) if space == CARD} for store in (app, other)]
    assert [len(found) for found in keys] == [1, 1]
    assert keys[0] != keys[1]
    assert app.pos.records("customers_customer").owners(CARD, ["C-1", "C-2"]) == {"C-1": "ada"}


def test_an_erased_person_is_blank_here_and_after_a_rebuild(both):
    app = both.new("customers")
    people = app.pos.records("customers_customer")
    rest = {"phone": "", "email": "", "group": "g", "since": ""}
    people.load({"id": f"p{n}", "name": f"Person {n}", "cards": [{"code": f"C{n}"}]} | rest for n in range(5))
    app.pos.privacy.erase("p3", "asked")
    assert [(row["id"], row["name"]) for row in sorted(people.search(""), key=lambda row: row["id"])] == [
        ("p0", "Person 0"), ("p1", "Person 1"), ("p2", "Person 2"), ("p3", None), ("p4", "Person 4"),
    ]  # fmt: skip
    assert [row["id"] for row in people.search("person")] != []
    assert "p3" not in {row["id"] for row in people.search("person")}
    assert people.owners(CARD, ["C3", "C4"]) == {"C4": "p4"}
    assert app.rebuild("customers_customer", swap=False).different == ()
    assert table_of(app) == replay((str(e.ref), e.guards) for e in app.raw_journal.scan())
    with pytest.raises(UserError, match="there is no person 'p3' to erase"):
        app.pos.privacy.erase("p3")
    with pytest.raises(Refused, match="was erased"):
        people.save({"name": "Again"}, record_id="p3")
    people.delete("p3")
    assert people.count() == 4


def test_numbers_of_an_index_are_given_once_and_survive_a_rebuild(both):
    app = both.new("customers")
    people = app.pos.records("customers_customer")
    for n in range(4):
        people.save({"name": f"Person {n}"}, record_id=f"p{n}")
    people.save({"name": "Changed"}, record_id="p1")
    people.delete("p3")
    people.save({"name": "New"}, record_id="p9")
    table = people.records.table
    numbers = {row.id: row.num for row in app.db.all(select(table))}
    assert sorted(numbers) == ["p0", "p1", "p2", "p9"]
    assert len(set(numbers.values())) == 4
    assert [row["id"] for row in people.search("changed")] == ["p1"]
    assert [row["id"] for row in people.search("new")] == ["p9"]
    assert app.rebuild("customers_customer", swap=True).different == ()
    assert {row.id: row.num for row in app.db.all(select(table))} == numbers
