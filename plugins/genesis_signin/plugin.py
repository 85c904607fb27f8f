"""Answers `authenticate` with a refusal while an account has to wait; who it is, others find out."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select

from genesis import Actor, Pos, Projection, Refused, hookimpl, many
from genesis_signin.models import FAILED, FORGOTTEN, failed

FREE = 2  # wrong tries that cost nothing
MANY = 10  # wrong tries after which it is the longest wait (PCI DSS 4.0.1, 8.3.4)
LONGEST = timedelta(minutes=30)


def pause(tries: int) -> timedelta:
    """Return how long the next try has to wait after so many wrong ones: 2 s, 4 s ... 128 s, then half an hour."""
    if tries <= FREE:
        return timedelta()
    return LONGEST if tries >= MANY else timedelta(seconds=2 ** (tries - FREE))


class SignInPlugin:
    """The hook implementations."""

    @hookimpl
    def projections(self) -> list[Projection]:
        """The wrong tries."""
        return [FAILED]

    @hookimpl
    def authenticate(self, pos: Pos, claim: str, secret: str) -> Actor | None:
        """Refuse to look at a password too soon after wrong ones, right or not."""
        account = (pos.permissions.of_card(claim) or claim)[:80]
        mine = (failed.c.stream == pos.journal.stream, failed.c.account == account)
        row = pos.db.one(select(failed).where(*mine))
        if row is None:
            return None
        passed = abs(pos.clock.now() - datetime.fromisoformat(row.at))  # a clock set back shortens nothing, for good
        left = pause(row.tries) - passed
        if passed < FORGOTTEN and left > timedelta():
            seconds = ceil(left.total_seconds())
            when = f"{seconds} s" if seconds < 120 else f"{(seconds + 59) // 60} min"
            raise Refused(
                many("{count} wrong password in a row", "{count} wrong passwords in a row", row.tries),
                f"wait {when}, then try again",
                "password",
            )
        return None


plugin = SignInPlugin()
