"""From which difference on an item is counted again."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class StocktakeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a difference may be without a second look; 0 asks for no recount."""

    recount_units: Annotated[int, Meta(title="Recount where more units differ than", ge=0, le=1_000_000)] = 5
    recount_value: Annotated[
        int, Meta(title="Recount where the difference is worth more than", description="whole units of currency",
                  ge=0, le=1_000_000)
    ] = 50  # fmt: skip
