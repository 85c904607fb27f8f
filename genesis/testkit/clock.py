"""A clock that tests turn by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone


class HandClock:
    """Stands still until it is moved; starts on 2026-03-02 at 09:00, one hour east of UTC."""

    def __init__(self, start: datetime | None = None) -> None:
        self.moment = start or datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=1)))

    def now(self) -> datetime:
        """Return the time it shows."""
        return self.moment

    def forward(self, **step: float) -> None:
        """Move it (days=, hours=, minutes=, seconds=; negative goes back)."""
        self.moment += timedelta(**step)

    def utc(self) -> str:
        """Return the time it shows as UTC text."""
        return self.moment.astimezone(UTC).isoformat()
