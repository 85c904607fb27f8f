"""Settings and facts of the receipt printer, and the receipts that may not be on paper."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import Boolean, Column, MetaData, Table, Text

from genesis import Entry, Fact, Projection, ViewDb


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the printer is and how it speaks."""

    address: Annotated[
        str,
        Meta(
            title="Address of the printer",
            description="192.0.2.10, /dev/usb/lp0, /dev/ttyUSB0 or file:/path. Empty: none",
            pattern=r"^$|^(file:)?/[^\x00-\x1f]{1,200}$|^COM[0-9]{1,3}$|^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?$",
        ),
    ] = ""
    baud: Annotated[
        int, Meta(title="Speed in baud", description="Of a serial port, as set in the printer", ge=1_200, le=921_600)
    ] = 9_600
    flow: Annotated[
        Literal["none", "rts_cts", "xon_xoff"],
        Meta(title="Flow control", description="Of a serial port, as set in the printer"),
    ] = "none"
    confirms: Annotated[
        Literal["printed", "received", "nothing"],
        Meta(title="The printer confirms", description="printed: all usual ones; nothing: it cannot answer"),
    ] = "printed"
    seconds: Annotated[int, Meta(title="Seconds to wait for an answer", ge=1, le=60)] = 10
    minutes: Annotated[
        int,
        Meta(title="Minutes a receipt waits for the printer", description="Then it is listed under Not printed", ge=1,
             le=1_440),
    ] = 10  # fmt: skip


class PrintStarted(Fact, frozen=True, kw_only=True):
    """A receipt is about to be sent; of: the fact it is for. Sent again by nobody but a person (as a COPY)."""

    kind: ClassVar[str] = "printer_escpos.started"
    of: str


class PrintUnknown(Fact, frozen=True, kw_only=True):
    """The printer did not confirm a receipt that was sent: it may or may not be on paper."""

    kind: ClassVar[str] = "printer_escpos.unknown"
    of: str
    cause: str
    number: str = ""


class PrintMissed(Fact, frozen=True, kw_only=True):
    """A receipt waited too long for the printer and was not sent: it is not on paper."""

    kind: ClassVar[str] = "printer_escpos.missed"
    of: str
    cause: str
    number: str


class PrintSeen(Fact, frozen=True, kw_only=True):
    """A person saw to a receipt that was listed: it is on paper, or nobody wants it any more."""

    kind: ClassVar[str] = "printer_escpos.seen"
    number: str


METADATA = MetaData()

waiting = Table(
    "printer_escpos_waiting", METADATA,
    Column("number", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("sent", Boolean, nullable=False),
)  # fmt: skip


def _keep(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, PrintUnknown | PrintMissed):
        db.upsert(waiting, [{"number": fact.number or fact.of, "at": entry.at, "register": entry.stream,
                             "cause": fact.cause, "sent": isinstance(fact, PrintUnknown)}])  # fmt: skip


def _copied(db: ViewDb, entry: Entry) -> None:
    db.delete(waiting, [{"number": getattr(entry.fact, "of", "")}])


def _seen(db: ViewDb, entry: Entry) -> None:
    db.delete(waiting, [{"number": getattr(entry.fact, "number", "")}])


WAITING = Projection(
    name="printer_escpos_waiting", tables=(waiting,),
    handlers={PrintUnknown.kind: _keep, PrintMissed.kind: _keep, "receipt.reprinted": _copied, PrintSeen.kind: _seen},
)  # fmt: skip
