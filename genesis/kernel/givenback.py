"""Under which keys stands what was given back of payments, for their goods and of their tips."""

from __future__ import annotations

REFUNDED = "refunded"  # guard space: tender (attempt) id -> minor units of it that were given back


def tip_of(tender: str) -> str:
    """Return the key under which stands what was given back of a tender's tip."""
    return f"{tender}/tip"


def given_back(tender: str, amount: int, tip: int) -> dict[str, int]:
    """Return what an amount (negative, its tip in it) gives back of a tender: of its goods and of its tip."""
    return {key: -part for key, part in ((tender, amount - tip), (tip_of(tender), tip)) if part}
