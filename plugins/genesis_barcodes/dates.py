"""The days that stand in codes as six digits."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def full_date(yymmdd: str, year: int) -> date:
    """Return the day that six digits stand for; day 00 is the last of the month. Raises ValueError.

    The year lies between 49 years ago and 50 years ahead (GS1 General Specifications 7.12).
    """
    short, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6])
    ahead = short - year % 100
    century = year - year % 100 + (-100 if ahead > 50 else 100 if ahead < -49 else 0)
    if not 1 <= month <= 12:
        raise ValueError(f"{month} is not a month")
    return date(century + short, month, day or monthrange(century + short, month)[1])


def is_day(yymmdd: str, year: int) -> bool:
    """Tell whether six digits are a day; a month without one (day 00) is not."""
    try:
        full_date(yymmdd, year)
    except ValueError:
        return False
    return yymmdd[4:6] != "00"
