"""A plugin with one projection of drawer openings; how it follows is given from outside."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from genesis import Projection, hookimpl

last = Table("probe_last", MetaData(), Column("key", Text, primary_key=True), Column("value", Text),
             Column("n", BigInteger))  # fmt: skip


def keep(db, entry):
    """Keep the last reason of each register and count them."""
    if entry.fact.reason == "poison":
        raise ValueError("cannot read this")
    db.upsert(last, [{"key": entry.fact.register, "value": entry.fact.reason}])
    db.add(last, [{"key": "count", "value": "", "n": 1}], ("n",))


class Follower:
    def __init__(self, **how):
        self.how = {"name": "probe_last", "tables": (last,), "handlers": {"drawer.opened": keep}} | how

    @hookimpl
    def projections(self):
        return [Projection(**self.how)]
