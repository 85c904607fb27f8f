"""What reaches Tk as text, and how amounts are written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, strategies as st

from genesis import Money
from genesis.shell.kit.safe import LIMIT, initials, safe_text
from genesis.shell.vm.formats import Formats


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Flat white", "Flat white"),
        ("Crème brûlée 2×", "Crème brûlée 2×"),
        ("Beer 🍺🍺 cold", "Beer □ cold"),
        ("Flag 🇩🇪", "Flag □"),
        ("Family 👨‍👩‍👧", "Family □"),
        ("Sun ☀️", "Sun □"),
        ("a\x00b\x1bc", "abc"),
        ("left\u202eright", "leftright"),
        ("牛乳", "牛乳"),
        ("", ""),
    ],
)
def test_emoji_and_control_characters_never_reach_tk(text, shown):
    assert safe_text(text) == shown


def test_a_name_of_ten_megabytes_is_cut():
    assert len(safe_text("x" * 10_000_000)) == LIMIT


def test_a_letter_that_unicode_has_not_given_out_stops_nothing():
    assert safe_text("A \ufbc3 b", mirrored=True)  # a product may be called anything


def test_arabic_is_joined_and_ordered_for_display():
    shown = safe_text("حليب")
    assert shown != "حليب"
    assert all("\ufe70" <= char <= "\ufeff" for char in shown)  # presentation forms, last letter first


@given(st.text(max_size=200))
@example("\ufefd")  # no character at all: python-bidi gives up on it
def test_any_text_becomes_drawable_and_stays_so(text):
    shown = safe_text(text)
    assert all(ord(char) < 0x10000 and char not in "\x00\x1b\u200d\ufe0f" for char in shown)
    assert len(shown) <= 4 * LIMIT


@pytest.mark.parametrize(
    ("name", "letters"),
    [("María González", "MG"), ("Ana", "A"), ("Dr. J. R. van Dyk", "DD"), ("", ""), ("7 Eleven", "E")],
)
def test_initials(name, letters):
    assert initials(name) == letters


US, DE, JP = Formats("en_US", "USD"), Formats("de_DE", "EUR"), Formats("ja_JP", "JPY")


def test_a_day_is_written_as_people_write_it_there_and_nothing_else_is_taken_for_one():
    written = [formats.text("2026-03-05") for formats in (US, DE, JP)]
    assert written == ["Mar 5, 2026", "05.03.2026", "2026/03/05"]
    for text in ("2026-13-05", "2026-03-05 08:00", "LOT-2026-03-05", "20260305"):
        assert DE.text(text) == text


def test_money_is_written_as_people_write_it_there():
    assert US.money(Money(213436, "USD")) == "$2,134.36"
    assert US.money(Money(-500, "USD")) == "−$5.00"
    assert DE.money(Money(2134, "EUR")) == "21,34\xa0€"
    assert JP.money(Money(1500, "JPY")) == "￥1,500"
    assert US.plain(Money(-104, "USD")) == "−1.04"
    assert US.whole(Money(2500, "USD")) == "$25"
    assert US.whole(Money(2550, "USD")) == "$25.50"
    assert DE.whole(Money(2500, "EUR")) == "25\xa0€"


def test_unit_prices_keep_the_decimals_they_need():
    assert US.price(34_000) == "$3.40"
    assert US.price(12_345) == "$1.2345"
    assert US.price(14_900, "kg") == "$1.49/kg"
    assert US.price(34_000, "pcs") == "$3.40"
    assert US.each(14_900, "kg") == "$1.49/kg"
    assert US.each(14_900, "pcs") == "$1.49 each"


@pytest.mark.parametrize(
    ("milli", "unit", "text"),
    [(3000, "pcs", "3"), (1240, "kg", "1.240 kg"), (-2000, "pcs", "−2"), (500, "pcs", "0.500")],
)
def test_quantities(milli, unit, text):
    assert US.measured(milli, unit) == text


@pytest.mark.parametrize(
    ("told", "shown"),
    [("61.5", "61,5"), ("-3", "−3"), ("2026-03-05", "05.03.2026"), ("0.1.0", "0.1.0"), ("–", "–"), ("5 left", "5 left"),
     ("-", "-"), ("", ""), (Money(-220, "EUR"), "−2,20\xa0€")],
)  # fmt: skip
def test_what_stands_among_figures_is_written_as_the_language_does(told, shown):
    assert DE.figure(told) == shown


@pytest.mark.parametrize(
    ("typed", "shown"), [("25", "$25.00"), ("25.", "$25."), ("25.5", "$25.5"), ("", "$0.00"), ("1000.", "$1,000.")]
)
def test_an_amount_is_shown_while_it_is_typed(typed, shown):
    assert US.typed(typed) == shown


def test_typing_puts_the_digits_before_a_currency_that_follows():
    assert DE.typed("25.5") == "25,5\xa0€"
    assert DE.point == ","


def test_an_unknown_locale_falls_back():
    assert Formats("xx_YY", "USD").money(Money(100, "USD")) == "$1.00"


def test_times():
    at = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert US.clock(at) == "09:05"
    assert US.moment(at) == "1 Mar, 09:05"
    assert (US.items(1), US.items(8)) == ("1 item", "8 items")
