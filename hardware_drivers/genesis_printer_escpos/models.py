"""Settings and facts of the receipt printer."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from genesis import Fact


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the printer is."""

    host: Annotated[str, Meta(title="Address of the printer", description="Empty: none", max_length=200)] = ""
    port: Annotated[int, Meta(title="Port", ge=1, le=65_535)] = 9_100
    seconds: Annotated[int, Meta(title="Seconds to wait for an answer", ge=1, le=60)] = 5


class PrintStarted(Fact, frozen=True, kw_only=True):
    """A receipt is about to be sent; of: the fact it is for. Sent again by nobody but a person (as a COPY)."""

    kind: ClassVar[str] = "printer_escpos.started"
    of: str


class PrintUnknown(Fact, frozen=True, kw_only=True):
    """The printer did not confirm a receipt that was sent: it may or may not be on paper."""

    kind: ClassVar[str] = "printer_escpos.unknown"
    of: str
    cause: str
