"""The wedge tells scans from typing by the times of the events alone."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from genesis.shell.wedge import Wedge


def feed(wedge, text, start=1000, gap=5):
    """Feed characters with equal gaps; returns the verdicts."""
    return [wedge.feed(char, start + i * gap) for i, char in enumerate(text)]


def test_a_burst_with_a_suffix_is_a_scan():
    scans: list[str] = []
    verdicts = feed(Wedge(scans.append), "96385074\r")
    assert scans == ["96385074"]
    assert verdicts == ["start", *["more"] * 7, "scan"]


@pytest.mark.parametrize(
    ("text", "gap", "scans"),
    [
        ("963\r", 5, []),  # too short
        ("9638\r", 5, ["9638"]),
        ("96385074\r", 50, ["96385074"]),  # just quick enough
        ("96385074\r", 51, []),  # a person
        ("96385074\t", 5, ["96385074"]),  # Tab ends a scan too
        ("\r", 5, []),
        ("a b c d\r", 5, ["a b c d"]),
    ],
)
def test_speed_length_and_suffix_decide(text, gap, scans):
    found: list[str] = []
    feed(Wedge(found.append), text, gap=gap)
    assert found == scans


def test_a_slow_suffix_after_a_burst_is_plain():
    scans: list[str] = []
    wedge = Wedge(scans.append)
    feed(wedge, "96385074")
    assert wedge.feed("\r", 5000) == "plain"
    assert scans == []


def test_what_was_typed_before_the_burst_does_not_belong_to_it():
    scans: list[str] = []
    wedge = Wedge(scans.append)
    feed(wedge, "gift ", gap=200)
    assert feed(wedge, "96385074\r", start=4000)[0] == "start"
    assert scans == ["96385074"]


def test_two_scans_in_a_row_are_two():
    scans: list[str] = []
    feed(Wedge(scans.append), "96385074\r40170725\r")
    assert scans == ["96385074", "40170725"]


def test_a_frame_needs_no_speed():
    scans: list[str] = []
    wedge = Wedge(scans.append, prefix="~")
    feed(wedge, "~12\r", gap=400)
    assert scans == ["12"]


def test_a_frame_that_takes_too_long_is_typing():
    scans: list[str] = []
    feed(Wedge(scans.append, prefix="~", frame=500), "~1234\r", gap=200)
    assert scans == []


def test_a_clock_that_jumps_back_is_no_speed():
    scans: list[str] = []
    wedge = Wedge(scans.append)
    for i, char in enumerate("96385074\r"):
        wedge.feed(char, 10_000 - i * 3)
    assert scans == []


def test_a_function_key_in_between_ends_the_burst():
    scans: list[str] = []
    wedge = Wedge(scans.append)
    feed(wedge, "9638")
    wedge.reset()
    feed(wedge, "5074\r", start=1020)
    assert scans == ["5074"]


@given(st.text(alphabet=st.characters(exclude_characters="\r\n\t"), min_size=4, max_size=60), st.integers(0, 50))
def test_every_quick_code_arrives_unchanged(code, gap):
    scans: list[str] = []
    feed(Wedge(scans.append), code + "\r", gap=gap)
    assert scans == [code]


@given(st.lists(st.tuples(st.characters(), st.integers(0, 400)), max_size=60))
def test_a_scan_is_never_made_of_slow_characters(events):
    scans: list[str] = []
    clock = 0
    wedge = Wedge(scans.append)
    quick = ""
    for char, gap in events:
        clock += gap
        before = len(scans)
        wedge.feed(char, clock)
        if len(scans) > before:
            assert quick.endswith(scans[-1])
        quick = (quick + char) if gap <= 50 else char
