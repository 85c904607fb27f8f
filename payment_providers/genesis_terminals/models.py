"""The port, what a plugin makes of a call, and the fact that it was heard."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from genesis import Fact, Guard

SIGNED = "terminals.signed"  # permission of a route that nobody is granted: its handler proves who calls
HEARD = "webhook"  # guard space: "<plugin> <event id>"
Text = Annotated[str, Meta(max_length=200)]


class TerminalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is listened."""

    webhook_port: Annotated[
        int, Meta(title="Port for webhooks", description="On this machine only; 0: nothing listens", ge=0, le=65535)
    ] = 0
    compare_hour: Annotated[
        int,
        Meta(
            title="Compare card payments from",
            description="Hour of the next day from which the providers' books are asked for; -1: never by itself",
            ge=-1,
            le=23,
        ),
    ] = 11


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What a verified call tells. id: the service's own, the same for a repetition; about: what it is about there.

    guards: what is kept with it, so that it is found later; one that is refused (it was told before, by another event)
    is left out.
    """

    id: Text
    what: Text
    about: Text = ""
    guards: tuple[Guard, ...] = ()


class Told(Fact, frozen=True, kw_only=True):
    """A payment service told something, and proved that it was it. The money is decided by asking it."""

    kind: ClassVar[str] = "terminals.told"
    plugin: str
    event: str
    what: str
    about: str = ""
