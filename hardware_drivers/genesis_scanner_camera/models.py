"""Settings of the camera."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class CameraSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the frames come from."""

    source: Annotated[
        str,
        Meta(
            title="Frames of the camera",
            description="http://... of an MJPEG stream, or a folder or file that a camera tool writes. Empty: none",
            max_length=500,
        ),
    ] = ""
