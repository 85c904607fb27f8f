"""What is heard after a scan."""

from __future__ import annotations

import pytest

from tests.shell.memory import code


@pytest.fixture
def heard(desk):
    """The cues of the desk, in order."""
    cues = []
    desk.sound = cues.append
    return cues


def test_a_good_an_unknown_and_a_useless_scan_sound_each_in_its_way(desk, heard):
    desk.scan(code(0))
    desk.scan("40170725")
    desk.scan(code(1))
    desk.key("F4")  # a number is asked: codes are of no use there
    desk.scan(code(2))
    assert heard == ["good", "unknown", "good", "bad"]
    assert [line.item for line in desk.till.cart.lines] == [0, 1]


def test_a_scan_that_fails_or_is_refused_sounds_bad(desk, till, heard):
    def broken(*_arguments, **_named):
        raise ValueError("no such luck")

    scan, till.scan = till.scan, broken
    desk.scan(code(0))
    desk.key("Return")
    till.scan = scan
    desk.scan(code(0))
    assert heard == ["bad", "good"]


def test_the_bell_rings_once_twice_and_three_times_and_can_be_turned_off(window):
    driver = window()
    rung = []
    driver.window.root.bell = lambda: rung.append("bell")
    driver.scan(code(0))
    driver.settle(lambda: len(rung) == 1)
    driver.scan("40170725")
    driver.settle(lambda: len(rung) == 3)
    driver.press("F4")
    driver.scan(code(2))
    driver.settle(lambda: len(rung) == 6)
    driver.press("Escape")
    driver.window.preferences.change(sounds=False)
    driver.scan(code(1))
    driver.settle(lambda: len(driver.window.cashier.sale.lines) == 2)
    assert len(rung) == 6
