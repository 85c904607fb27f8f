"""Settings of the scale."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class ScaleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the scale is and how it speaks."""

    port: Annotated[
        str, Meta(title="Port of the scale", description="Such as /dev/ttyUSB0. Empty: none", max_length=200)
    ] = ""
    protocol: Annotated[
        Literal["toledo_8217", "dialog_04"], Meta(title="Protocol", description="As set in the scale; it weighs in kg")
    ] = "toledo_8217"
