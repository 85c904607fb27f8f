"""Cut lines at any byte and crashes at any point: what the journal says is what the terminal charged, every time."""

from __future__ import annotations

import random

import pytest

from genesis import Refused

PLANS = ("ok", "ok", "declined", "never", "partial", "too late", "customer cancels")


@pytest.mark.parametrize("way", ["cloud"])
@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.stress), 79])
def test_a_line_that_is_cut_at_any_byte_charges_once(till, fake, stride):
    assert till.sell("2").total == 333
    size, reply = fake.sizes[0]
    cuts = [("cut request", at) for at in range(0, size + 1, stride)] + [
        ("cut reply", at) for at in range(0, reply, stride)
    ]
    for what, at in cuts:
        fake.faults = [("/", what, at)]
        answer = till.sell("2")
        assert fake.faults == []
        if isinstance(answer, Refused):
            assert what == "cut request", (what, at)
            assert till.card().sale.total == 333
        elif what == "cut request":
            assert at >= size, "what did not arrive was not charged"
    assert fake.charged() == till.charged()
    assert set(fake.charged().values()) == {333}
    assert len(till.charged()) == len(cuts) + 1


@pytest.mark.parametrize("way", ["cloud"])
@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.stress), 97])
def test_a_line_that_is_cut_at_any_byte_refunds_once(till, fake, stride):
    sale = till.sell("2")
    fake.sizes.clear()
    till.returned(sale)
    size, reply = fake.sizes[0]
    for what, longest in (("cut request", size), ("cut reply", reply)):
        for at in range(0, longest, stride):
            sale = till.sell("2")
            fake.faults = [("/", what, at)]
            if isinstance(till.returned(sale), Refused):
                assert what == "cut request", (what, at)
                assert till.card().sale.total == -333
    assert fake.charged() == till.charged()
    assert fake.total("charged") == fake.total("refunded")


@pytest.mark.parametrize(("seed", "many"), [(5, 8), pytest.param(13, 200, marks=pytest.mark.stress)])
def test_after_crashes_at_random_the_journal_is_the_ledger(till, fake, record_property, way, seed, many):
    dice = random.Random(seed)
    for _ in range(many):
        till.schedule(dice, PLANS, 6)
    till.tidy()
    till.check()
    sales = till.facts("sale.completed")
    record_property("covered", f"adyen ({way}): {many} crash schedules, {len(sales)} sales, {len(fake.rows())} moves")
    assert len(sales) > many // 8
