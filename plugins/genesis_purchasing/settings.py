"""What a store decides about ordering."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class PurchasingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How safe, how far back and how far ahead orders are proposed."""

    service_percent: Annotated[int, Meta(title="Deliveries awaited without running out, in percent", ge=50, le=99)] = 95
    history_days: Annotated[int, Meta(title="Days of sales that are looked at", ge=7, le=730)] = 56
    review_days: Annotated[int, Meta(title="Days from one order to the next", ge=1, le=90)] = 7
    draft_daily: Annotated[
        bool, Meta(title="Write drafts of what is proposed", description="once a day; a person sends them")
    ] = False
