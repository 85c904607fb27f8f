"""Time as the store sees it; a value of its own so that tests and a jumping clock can be survived."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the current time with the register's local offset."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current local time; some fifty times a sale, so the zone is made once for each offset."""
        at = time.time()
        return datetime.fromtimestamp(at, _zone(time.localtime(at).tm_gmtoff))


@cache
def _zone(seconds: int) -> timezone:
    return timezone(timedelta(seconds=seconds))


def stamp(moment: datetime) -> str:
    """Write a moment in UTC with microseconds, as facts carry it (sorts as text)."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def offset_minutes(moment: datetime) -> int:
    """Return the minutes east of UTC of a local moment."""
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def business_day(moment: datetime, cut_off_hour: int) -> str:
    """Return the day a sale belongs to: before the cut-off hour it is still yesterday's business."""
    return (moment - timedelta(hours=cut_off_hour)).date().isoformat()
