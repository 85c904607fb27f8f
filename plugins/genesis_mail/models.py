"""What is to be mailed and what became of it. No address stands in a fact: it is looked up when the mail is sent."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from sqlalchemy import Column, Index, Integer, MetaData, Table, Text

from genesis import Entry, Fact, Projection, ViewDb

METADATA = MetaData()
ME = "mail"
TRIES = "mail try"  # guard space: "<message> <number of the try>", so that one process makes it
DAYS = "mail digest"  # guard space: the digest of a day is queued once


class MailQueued(Fact, frozen=True, kw_only=True):
    """Something is to be mailed. about: a receipt number, or the day of a digest; sale: name of the sale's fact."""

    kind: ClassVar[str] = "mail.queued"
    what: Literal["receipt", "digest"]
    about: str
    sale: str = ""
    customer: str = ""


class MailTried(Fact, frozen=True, kw_only=True):
    """A try began; where neither `mail.sent` nor `mail.failed` follows, it is tried again later."""

    kind: ClassVar[str] = "mail.tried"
    message: str
    number: int


class MailSent(Fact, frozen=True, kw_only=True):
    """The mail server took it."""

    kind: ClassVar[str] = "mail.sent"
    message: str


class MailFailed(Fact, frozen=True, kw_only=True):
    """It will not be tried again: the server refused it for good, there is no address, or it took too long."""

    kind: ClassVar[str] = "mail.failed"
    message: str
    reason: str


message = Table(
    "mail_message", METADATA,
    Column("id", Text, primary_key=True),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("sale", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("tried", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("mail_message_state", "state", "at"),
    sqlite_with_rowid=False,
)  # fmt: skip


def _row(db: ViewDb, name: str) -> dict[str, Any]:
    """Return a message as it is; what became of one may be seen before the message itself."""
    for row in db.find(message, [{"id": name}]):
        return row
    texts = dict.fromkeys(("what", "about", "sale", "customer", "at", "tried", "reason"), "")
    return {"id": name, "state": "queued", "tries": 0} | texts


def _queued(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, MailQueued):
        known = {"what": fact.what, "about": fact.about, "sale": fact.sale, "customer": fact.customer, "at": entry.at}
        db.upsert(message, [_row(db, str(entry.ref)) | known])


def _tried(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, MailTried):
        row = _row(db, fact.message)
        db.upsert(message, [row | {"tries": max(row["tries"], fact.number), "tried": max(row["tried"], entry.at)}])


def _sent(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, MailSent):
        db.upsert(message, [_row(db, fact.message) | {"state": "sent", "reason": ""}])


def _failed(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, MailFailed):
        db.upsert(message, [_row(db, fact.message) | {"state": "failed", "reason": fact.reason}])


MESSAGES = Projection(
    name="mail_message", tables=(message,), rank=60,
    handlers={"mail.queued": _queued, "mail.tried": _tried, "mail.sent": _sent, "mail.failed": _failed},
)  # fmt: skip
