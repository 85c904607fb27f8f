"""From which difference on an item is counted again, and how often it is due."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class StocktakeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a difference may be without a second look (0 asks for no recount); which goods are due how often."""

    recount_units: Annotated[int, Meta(title="Recount where more units differ than", ge=0, le=1_000_000)] = 5
    recount_value: Annotated[
        int, Meta(title="Recount where the difference is worth more than", description="whole units of currency",
                  ge=0, le=1_000_000)
    ] = 50  # fmt: skip
    share_a: Annotated[
        int, Meta(title="Class A: percent of the value sold", description="the goods that together make it up",
                  ge=1, le=99)
    ] = 80  # fmt: skip
    share_b: Annotated[int, Meta(title="Class B: percent of the value sold after that", ge=0, le=99)] = 15
    days_a: Annotated[
        int, Meta(title="Class A: days from count to count", description="0: never due", ge=0, le=3650)
    ] = 30
    days_b: Annotated[int, Meta(title="Class B: days from count to count", ge=0, le=3650)] = 90
    days_c: Annotated[int, Meta(title="Class C: days from count to count", ge=0, le=3650)] = 365
