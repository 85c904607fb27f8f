"""Settings of the customer display."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class CustomerDisplaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the display is, how it speaks, and what it shows between two sales."""

    port: Annotated[
        str, Meta(title="Port of the display", description="Such as /dev/ttyUSB0. Empty: none", max_length=200)
    ] = ""
    dialect: Annotated[
        Literal["epson", "cd5220"], Meta(title="Commands", description="As set in the display; most know both")
    ] = "epson"
    baud: Annotated[int, Meta(title="Bits per second", ge=1200, le=115200)] = 9600
    welcome: Annotated[str, Meta(title="Between two sales", description="At most 20 characters", max_length=20)] = ""
