"""The wrong tries since the last right one, of each account at each register, kept from the facts of signing in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from genesis import Entry, Projection, ViewDb

FORGOTTEN = timedelta(days=1)  # after which a wrong try counts no more
failed = Table(
    "signin_failed", MetaData(),
    Column("stream", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("tries", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip


def _signed_in(db: ViewDb, entry: Entry) -> None:
    fact: Any = entry.fact
    key = {"stream": entry.stream, "account": fact.account}
    if fact.ok:
        db.delete(failed, [key])
        return
    before = next(iter(db.find(failed, [key])), None)
    recent = before is not None and _time(entry.at) - _time(before["at"]) < FORGOTTEN
    tries = before["tries"] + 1 if before is not None and recent else 1
    db.upsert(failed, [{**key, "tries": tries, "at": entry.at}])


def _time(at: str) -> datetime:
    return datetime.fromisoformat(at)


FAILED = Projection(name="signin_failed", tables=(failed,), rank=5, version=1,
                    handlers={"account.signed_in": _signed_in})  # fmt: skip
