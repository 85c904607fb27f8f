"""Typing numbers on a keypad, and what customers hand over."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from genesis import Money, exponent
from genesis.shell.vm.numbers import Typing
from genesis.shell.vm.presets import presets


def typed(keys, proposed="", decimals=2):
    number = Typing(proposed, decimals)
    for key in keys:
        number.press(key)
    return number.value


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["2", "5"], "25"),
        (["2", "5", ".", "5"], "25.5"),
        (["2", "5", ",", "5", "0"], "25.50"),
        (["2", "5", ".", "5", "0", "9"], "25.50"),
        ([".", "5"], "0.5"),
        (["0", "0", "7"], "7"),
        (["1", "00"], "100"),
        (["1", ".", "."], "1"),
        (["1", "2", "back"], "1"),
        (["1", "2", "clear", "3"], "3"),
        (["back"], ""),
        ([], "9.99"),
    ],
)
def test_keys(keys, value):
    assert typed(keys, proposed="9.99" if not keys else "") == value


def test_the_first_digit_replaces_what_was_proposed():
    assert typed(["2"], proposed="21.34") == "2"
    assert typed(["back"], proposed="21.34") == ""
    assert typed(["."], proposed="21.34") == "0"


def test_a_currency_without_decimals_takes_no_point():
    assert typed(["5", ".", "0"], decimals=0) == "50"


@pytest.mark.parametrize("junk", ["a", "-", "e", "٣", "²", " ", "1e9", ""])
def test_only_ascii_digits_are_taken(junk):
    number = Typing("1")
    assert number.press(junk) is False
    assert number.value == "1"


@given(st.lists(st.sampled_from([*"0123456789", "00", ".", ",", "back", "clear"]), max_size=40), st.integers(0, 4))
def test_whatever_is_pressed_is_a_number_money_can_read(keys, decimals):
    value = typed(keys, decimals=decimals)
    assert value == "" or Decimal(value) >= 0
    whole, _point, part = value.partition(".")
    assert len(whole) <= 9
    assert len(part) <= decimals
    assert not (len(whole) > 1 and whole.startswith("0"))


@pytest.mark.parametrize(
    ("due", "currency", "amounts"),
    [
        (2134, "USD", [2200, 2500, 3000, 5000]),
        (340, "EUR", [400, 500, 1000, 2000]),
        (2000, "USD", [5000, 10000, 20000, 50000]),
        (99, "USD", [100, 500, 1000, 2000]),
        (1480, "JPY", [1500, 2000, 5000, 10000]),
        (0, "USD", []),
        (-500, "USD", []),
    ],
)
def test_presets_are_round_amounts_and_notes_above_what_is_due(due, currency, amounts):
    assert [amount.minor for amount in presets(Money(due, currency))] == amounts


@given(st.integers(1, 10**8), st.sampled_from(["USD", "EUR", "JPY", "KWD", "HUF"]))
def test_every_preset_pays_and_is_a_whole_amount(due, currency):
    found = presets(Money(due, currency))
    unit = 10 ** exponent(currency)
    assert all(amount.minor > due and amount.minor % unit == 0 for amount in found)
    assert found == sorted(set(found))
    assert len(found) <= 4
