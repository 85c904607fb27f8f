"""Nobody claims to know the line to a provider before a word; after one that failed it is said, until one is answered."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from genesis_terminals.reach import Reach, look_again, offline


class Away(Exception):
    pass


def speak(reach: Reach, error: Exception | None = None) -> None:
    with reach.word(lambda found: isinstance(found, Away)):
        if error is not None:
            raise error


def test_it_is_offline_from_a_word_that_nobody_heard_to_the_next_one_that_is_answered() -> None:
    reach = Reach()
    assert offline("status.pill", "X is offline", reach) is None
    with pytest.raises(Away):
        speak(reach, Away())
    said = offline("payment.status", "X is offline", reach)
    assert said is not None
    (pill,) = said
    assert (pill.text, pill.tone) == ("X is offline", "bad")
    assert offline("cart.footer", "X is offline", reach) is None
    with pytest.raises(ValueError, match="refused"):  # somebody was there and said no
        speak(reach, ValueError("refused"))
    assert offline("status.pill", "X is offline", reach) is None


def test_only_one_that_is_away_is_asked_whether_it_is_back() -> None:
    asked, reach = [], Reach()
    pos: Any = SimpleNamespace(log=logging.getLogger("test"))

    def ask(_pos: Any) -> None:
        asked.append(1)
        speak(reach, Away() if len(asked) < 2 else None)

    job = look_again("x.back", lambda _pos: reach, ask)
    job.run(pos)
    assert asked == []
    reach.lost = True
    job.run(pos)
    assert (len(asked), reach.lost) == (1, True)
    job.run(pos)
    job.run(pos)
    assert (len(asked), reach.lost) == (2, False)
