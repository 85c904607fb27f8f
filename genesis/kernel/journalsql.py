"""Every statement of the journal, compiled once for each kind of database: a start, a restart need not do it again."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import LargeBinary, bindparam, cast, func, select, update
from sqlalchemy.engine import Dialect

from genesis.db import tables as t
from genesis.db.statements import Compiled, insert_row, upsert
from genesis.kernel.guardbook import GuardBook

NODE = ""  # the stream of `heads` that stands for this node
_known: dict[str, Statements] = {}


class Statements:
    """What the journal asks its database, and the book of its guards."""

    def __init__(self, dialect: Dialect) -> None:
        def make(clause: Any) -> Compiled:
            return Compiled(clause, dialect)

        j = t.journal
        h, node = t.heads, t.heads.c.stream == NODE
        self.take = make(update(h).where(node).values(seq=h.c.seq + bindparam("n")).returning(h.c.seq))
        self.last = make(select(func.max(j.c.pos)))
        start: Any = upsert(h, dialect, ())
        self.start = make(start.values({column.name: bindparam(column.name) for column in h.columns}))
        self.head = make(select(t.heads).where(t.heads.c.stream == bindparam("stream")))
        self.put_head = make(upsert(t.heads, dialect))
        self.insert = make(insert_row(j, list(j.columns.keys())))
        self.put_state = make(upsert(t.state, dialect))
        self.space = make(select(t.state.c.key, t.state.c.value).where(t.state.c.space == bindparam("space")))
        self.put_cart = make(upsert(t.carts, dialect))
        self.drop_cart = make(
            t.carts.delete().where(t.carts.c.register == bindparam("register"), t.carts.c.slot == bindparam("slot"))
        )
        self.all_carts = make(select(t.carts))
        self.carts = make(select(t.carts).where(t.carts.c.register == bindparam("register")))
        # as bytes, even where somebody wrote text into the file behind our back
        row = select(*(cast(c, LargeBinary) if isinstance(c.type, LargeBinary) else c for c in j.columns))
        later = row.where(j.c.pos > bindparam("after")).order_by(j.c.pos)
        self.after = cache(lambda most: make(later.limit(most)))  # SQLite plans a bound limit anew each time
        self.one = make(row.where(j.c.stream == bindparam("stream"), j.c.seq == bindparam("seq")))
        self.pos = make(select(h.c.seq).where(node))
        self.states = make(select(h.c.numbers).where(node))
        self.count_state = make(update(h).where(node).values(numbers=h.c.numbers + 1))
        self.put_attempt = make(upsert(t.attempts, dialect))
        self.attempts = make(select(t.attempts))
        self.attempt = make(select(t.attempts).where(t.attempts.c.attempt == bindparam("attempt")))
        self.drop_attempt = make(t.attempts.delete().where(t.attempts.c.attempt == bindparam("attempt")))
        self.put_reaction = make(upsert(t.reaction_cursors, dialect))
        self.book = GuardBook(dialect)


def statements(dialect: Dialect) -> Statements:
    """Return the statements in this dialect."""
    if dialect.name not in _known:
        _known[dialect.name] = Statements(dialect)
    return _known[dialect.name]
