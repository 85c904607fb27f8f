"""Whether a provider answered when it was last spoken to, said at the till before somebody stands there with a card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from genesis import Job, Panel, Pos

SLOTS = frozenset({"status.pill", "payment.status"})
AGAIN = 20.0  # seconds between looks whether it is back


class Reach:
    """What the last word says of the line to a provider. lost: nobody was there; nothing is claimed before any word."""

    def __init__(self) -> None:
        self.lost = False

    @contextmanager
    def word(self, nobody: Callable[[Exception], bool]) -> Iterator[None]:
        """Speak with the provider. nobody: whether an error means that nobody was there; any other is an answer."""
        try:
            yield
        except Exception as error:
            self.lost = nobody(error)
            raise
        self.lost = False


def offline(slot: str, text: str, reach: Reach | None) -> list[Panel] | None:
    """Return the pill of a provider that nobody reaches, where pills stand; None where there is nothing to say."""
    if slot not in SLOTS or reach is None or not reach.lost:
        return None
    return [Panel(text=text, tone="bad", icon="cloud-off", order=10)]


def look_again(name: str, reach: Callable[[Pos], Reach | None], ask: Callable[[Pos], object]) -> Job:
    """Return the job that asks a provider which was not there whether it is back; one that answers is left alone."""

    def run(pos: Pos) -> None:
        found = reach(pos)
        if found is not None and found.lost:
            try:
                ask(pos)
            except Exception as error:  # noqa: BLE001  what it says of the line is what was wanted
                pos.log.info("%s: still nobody there (%s)", name, type(error).__name__)

    return Job(id=name, every=AGAIN, run=run)
