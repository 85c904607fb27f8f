"""Wrong passwords make the next try wait, longer each time, for that account at that register, over a restart too."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import Refused
from genesis.kernel.permissions import Account


def opened(stores: Any) -> Any:
    app = stores.new("signin", "cash")
    for name in ("kim", "owner"):
        app.pos.permissions.save_account(Account(id=name, name=name.title(), roles=("cashier",)), "open sesame")
    return app


@pytest.fixture
def app(stores: Any) -> Any:
    return opened(stores)


def wrong(app: Any, account: str = "kim", times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Refused, match="not right"):
            app.pos.permissions.sign_in(account, "no")


def right(app: Any, account: str = "kim") -> Any:
    return app.pos.permissions.sign_in(account, "open sesame")


def test_each_wrong_try_after_the_second_waits_twice_as_long_and_at_last_half_an_hour(app: Any) -> None:
    wrong(app, times=2)
    for tries, seconds in zip(range(3, 12), (2, 4, 8, 16, 32, 64, 128, 1800, 1800), strict=True):
        wrong(app)
        app.clock.forward(seconds=seconds - 1)
        with pytest.raises(Refused, match=f"{tries} wrong passwords in a row"):
            right(app)
        app.clock.forward(seconds=1)
    assert right(app).id == "kim"
    wrong(app, times=2)  # it is counted anew
    assert right(app).id == "kim"


def test_nobody_else_waits_and_no_other_register(app: Any, stores: Any) -> None:
    wrong(app, times=3)
    assert right(app, "owner").id == "owner"
    with pytest.raises(Refused, match="wait 2 s"):
        right(app)
    app.close()
    office = stores.open(app, register=False)
    assert right(office).id == "kim"


def test_a_restart_and_a_clock_set_back_shorten_nothing(both: Any) -> None:
    app = opened(both)
    wrong(app, times=3)
    clock = app.clock
    app.close()
    again = both.open(app, clock=clock)
    with pytest.raises(Refused, match="wait 2 s"):
        right(again)
    clock.forward(seconds=-1)
    with pytest.raises(Refused, match="wait"):
        right(again)
    clock.forward(seconds=4)
    assert right(again).id == "kim"


def test_the_owner_is_never_locked_out_for_good(app: Any) -> None:
    wrong(app, "owner", 2)
    for _ in range(30):
        wrong(app, "owner")
        app.clock.forward(minutes=30)
    assert right(app, "owner").id == "owner"


def test_a_day_later_it_is_forgotten(app: Any) -> None:
    wrong(app, times=3)
    app.clock.forward(days=1, seconds=1)
    wrong(app, times=2)
    assert right(app).id == "kim"


def test_every_try_is_on_record(app: Any) -> None:
    wrong(app, times=3)
    with pytest.raises(Refused):
        right(app)
    app.clock.forward(seconds=2)
    right(app)
    told = [
        (entry.fact.account, entry.fact.ok) for entry in app.raw_journal.scan() if entry.kind == "account.signed_in"
    ]
    assert told == [("kim", False)] * 3 + [("kim", True)]
