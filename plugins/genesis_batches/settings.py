"""What a store decides about its batches."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class BatchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When a batch leaves the shelf, and when it is close to that."""

    safety_days: Annotated[
        int, Meta(title="Days before its expiry on which a batch is no longer sold", ge=0, le=365)
    ] = 0
    near_days: Annotated[int, Meta(title="Days before its expiry from which a batch is listed", ge=0, le=365)] = 14
    markdown_labelled_only: Annotated[
        bool,
        Meta(
            title="Mark down only what names its date or batch",
            description="no: a code without them is taken for the batch that goes first",
        ),
    ] = False
