"""The table behind the guards: looked up and changed inside the append's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.engine import Dialect

from genesis.db import tables as t
from genesis.db.engine import Writer
from genesis.db.statements import Compiled, delete_where, upsert
from genesis.kernel.errors import Refused
from genesis.kernel.guards import Balance, Expect, Free, Guard, Once, Unique
from genesis.kernel.limits import kept

if TYPE_CHECKING:
    from genesis.kernel.journal import Journal

Held = tuple[str, int]  # owner, amount
PLACES = tuple(f"key{n}" for n in range(40))  # keys asked at once
_decode = msgspec.json.Decoder(list[Guard]).decode


class GuardRefused(Refused):
    """A guard said no; `guard` is the one."""

    def __init__(self, guard: Guard, what: str, remedy: str, *, holder: str = "", amount: int = 0) -> None:
        super().__init__(what, remedy, guard.space)
        self.guard, self.holder, self.amount = guard, holder, amount


class GuardBook:
    """Compiled statements over the guards table."""

    def __init__(self, dialect: Dialect) -> None:
        g = t.guards
        self._get = Compiled(
            select(g.c.owner, g.c.amount).where(g.c.space == bindparam("space"), g.c.key == bindparam("key")), dialect
        )
        places: list[Any] = [bindparam(name) for name in PLACES]
        self._many = Compiled(
            select(g.c.key, g.c.owner, g.c.amount).where(g.c.space == bindparam("space"), g.c.key.in_(places)), dialect
        )
        self._put = Compiled(upsert(g, dialect), dialect)
        self._drop = Compiled(delete_where(g, ("space", "key")), dialect)

    def look(self, journal: Journal, space: str, key: str) -> Held:
        """Return (owner, amount) outside a transaction."""
        rows = journal.rows(self._get, {"space": space, "key": key})
        return (rows[0][0], rows[0][1]) if rows else ("", 0)

    def look_all(self, read: Callable[[Compiled, dict[str, Any]], Sequence[Any]], space: str, keys: Iterable[str]
                 ) -> dict[str, Held]:  # fmt: skip
        """Return (owner, amount) of those keys that are held; `read` runs a select."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, Held] = {}
        for start in range(0, len(wanted), len(PLACES)):
            part = wanted[start : start + len(PLACES)]
            filled = part + part[-1:] * (len(PLACES) - len(part))
            rows = read(self._many, {"space": space} | dict(zip(PLACES, filled, strict=True)))
            found |= {row[0]: (row[1], row[2]) for row in rows}
        return found

    def apply(self, writer: Writer, guards: Sequence[Guard], ref: str) -> None:
        """Check and change every guard, in order; the first that refuses raises GuardRefused."""
        book = self._held(writer, guards)
        changed: dict[tuple[str, str], Held | None] = {}
        for guard in guards:
            at = (guard.space, guard.key)
            now = book.get(at)
            after = judge(guard, now, ref)
            if after != now:
                book[at] = changed[at] = after
        writer.run_many(self._drop, [_at(at) for at, row in changed.items() if row is None])
        writer.run_many(
            self._put,
            [_at(at) | {"owner": row[0], "amount": row[1]} for at, row in changed.items() if row is not None],
        )

    def _held(self, writer: Writer, guards: Sequence[Guard]) -> dict[tuple[str, str], Held | None]:
        """Return the rows that the guards are about: one by one for a sale, by the dozen for an import."""
        if len(guards) < len(PLACES):
            rows = ((g, writer.run(self._get, _at((g.space, g.key))).fetchone()) for g in guards)
            return {(g.space, g.key): (row[0], row[1]) for g, row in rows if row is not None}
        book: dict[tuple[str, str], Held | None] = {}
        for space in {guard.space for guard in guards}:
            keys = [guard.key for guard in guards if guard.space == space]
            found = self.look_all(lambda select, values: writer.run(select, values).fetchall(), space, keys)
            book |= {(space, key): row for key, row in found.items()}
        return book


def _at(at: tuple[str, str]) -> dict[str, Any]:
    return {"space": at[0], "key": at[1]}


def judge(guard: Guard, now: Held | None, ref: str) -> Held | None:
    """Return what the row becomes (None: it goes), or raise GuardRefused."""
    owner, amount = now or ("", 0)
    match guard:
        case Unique():
            if now is not None and owner != guard.owner:
                raise GuardRefused(
                    guard, f"{guard.space} {guard.key!r} is already taken", "use another one, or free it first",
                    holder=owner,
                )  # fmt: skip
            return guard.owner, 0
        case Free():
            return now if now is not None and owner != guard.owner else None
        case Once():
            if now is not None:
                raise GuardRefused(
                    guard, f"{guard.space} {guard.key!r} was used before", "it counts only once", holder=owner
                )
            return ref, 0
        case Balance():
            after = amount + guard.delta
            if guard.was is not None and amount != guard.was:
                raise GuardRefused(
                    guard, f"{guard.space} {guard.key!r} changed meanwhile", "look again and repeat", amount=amount
                )
            low = guard.floor is not None and after < guard.floor and guard.delta < 0
            high = guard.ceiling is not None and after > guard.ceiling and guard.delta > 0
            if low or high:
                raise GuardRefused(
                    guard, f"{guard.space} {guard.key!r} stands at {amount} and cannot move by {guard.delta}",
                    "use a smaller amount", amount=amount,
                )  # fmt: skip
            return "", after
        case Expect():
            if amount != guard.rev:
                raise GuardRefused(
                    guard, f"{guard.space} {guard.key!r} was changed by somebody else meanwhile",
                    "load it again and repeat the change", amount=amount,
                )  # fmt: skip
            return "", guard.rev + 1


def foresee(held: Callable[[str, Iterable[str]], dict[str, Held]], guards: Sequence[Guard]) -> None:
    """Raise GuardRefused where one would be refused as things stand; nothing is changed. held: the rows of a space."""
    book: dict[tuple[str, str], Held | None] = {}
    for space in {guard.space for guard in guards}:
        rows = held(space, [guard.key for guard in guards if guard.space == space])
        book |= {(space, key): row for key, row in rows.items()}
    for guard in guards:
        book[guard.space, guard.key] = judge(guard, book.get((guard.space, guard.key)), "")


def written(guards: Sequence[Guard]) -> str:
    """Return guards as they stand with their fact; refused where they could not be replayed."""
    return kept("a promise", guards, msgspec.json.encode, _decode).decode()


def replay(facts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, int]]:
    """Rebuild the table from (fact name, guards text) of all facts; the doctor compares it with the real one."""
    book: dict[tuple[str, str], tuple[str, int]] = {}
    for ref, text in facts:
        for guard in _decode(text):
            at = (guard.space, guard.key)
            change = judge(guard, book.get(at), ref)
            if change is None:
                book.pop(at, None)
            else:
                book[at] = change
    return book
