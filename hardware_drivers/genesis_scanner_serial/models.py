"""Settings of the scanner."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class ScannerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the scanner is."""

    port: Annotated[
        str, Meta(title="Port of the scanner", description="Such as /dev/ttyACM0. Empty: none", max_length=200)
    ] = ""
    baud: Annotated[int, Meta(title="Speed in baud", description="As set in the scanner", ge=300, le=921_600)] = 9_600
