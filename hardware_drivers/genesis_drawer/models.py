"""Settings and facts of the cash drawer."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from genesis import Fact

Milliseconds = Annotated[int, Meta(ge=2, le=510, multiple_of=2)]


class DrawerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the drawer hangs on the receipt printer."""

    present: Annotated[bool, Meta(title="A drawer hangs on the receipt printer")] = False
    pin: Annotated[Literal["2", "5"], Meta(title="Pin of the connector that opens it")] = "2"
    on_ms: Annotated[Milliseconds, Meta(title="Length of the pulse (ms)", description="Even, 2 to 510")] = 100
    off_ms: Annotated[Milliseconds, Meta(title="Pause after the pulse (ms)", description="Even, 2 to 510")] = 200
    open_is: Annotated[
        Literal["high", "low", "unknown"],
        Meta(title="Sensor of an open drawer", description="unknown: it has none"),
    ] = "unknown"


class DrawerKicked(Fact, frozen=True, kw_only=True):
    """The drawer is about to be opened; of: the fact it is opened for. Nobody opens it a second time for that."""

    kind: ClassVar[str] = "drawer.kicked"
    of: str


class DrawerStuck(Fact, frozen=True, kw_only=True):
    """The drawer was not opened, or nobody knows whether it was."""

    kind: ClassVar[str] = "drawer.stuck"
    of: str
    cause: str
