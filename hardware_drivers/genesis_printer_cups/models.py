"""Settings of the system printer."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class CupsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which print queue, and where."""

    queue: Annotated[
        str,
        Meta(
            title="Print queue",
            description="Its name, as lpstat -e lists it. Empty: none",
            pattern=r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,126})?$",
        ),
    ] = ""
    server: Annotated[
        str,
        Meta(
            title="Print server",
            description="192.0.2.10, printhost:631 or a socket. Empty: this computer",
            pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*(:[0-9]{1,5})?|/[^\x00-\x20]{1,200})?$",
        ),
    ] = ""
    seconds: Annotated[
        int,
        Meta(title="Seconds a print may take", description="A longer one is listed under Not printed", ge=1, le=20),
    ] = 10
