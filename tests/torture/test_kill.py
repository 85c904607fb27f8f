"""`kill -9` at any instant: every receipt shown is in the journal once, and the cart is what was answered."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.torture.kills import APPLE, BREAD, EVERY_COMMAND, SHORT, Life, script

ROUNDS = 12  # a death is seen or not by what the ones before it left in the store: each step gets several chances
FEW = {"sql": 12, "fact": 6, "file": 6, "torn": 6}  # steps of each kind


@pytest.mark.parametrize(
    ("kills", "most"), [(60, FEW), pytest.param(2_000, dict.fromkeys(FEW, 10**9), marks=pytest.mark.torture)]
)
def test_a_killed_till_has_kept_what_it_answered(kills, most, nursery, new_shop, seed, covered):
    """At random instants, and at some or all of the steps that tracing finds."""
    random = Random(seed)
    life = Life(nursery, new_shop, random)
    counts = life.count(EVERY_COMMAND)
    counts["torn"] = counts["file"]
    steps = [(k, step) for k in most for step in random.sample(range(counts[k]), min(counts[k], most[k]))]
    reached = dict.fromkeys(most, 0)
    for stop in steps:
        before = life.tally["killed"]
        assert life.die_at(stop, script(EVERY_COMMAND)) == [], f"{stop}, GENESIS_SEED={seed}"
        reached[stop[0]] += life.tally["killed"] - before
    at_steps = life.tally["killed"]
    while life.tally["killed"] < kills:
        assert life.die_at_random() == [], f"GENESIS_SEED={seed}"
    where = ", ".join(f"{reached[kind]} of {counts[kind]} {kind}" for kind in most)
    covered(f"kill -9: {life.tally['killed'] - at_steps} at random instants, {at_steps} at steps ({where}); "
            f"{life.tally['commands answered']} commands answered, {life.tally['receipts acknowledged']} receipts, "
            f"{life.tally['projections compared']} times all projections compared; seed {seed}")  # fmt: skip


@pytest.mark.parametrize(
    ("bug", "kind", "word"),
    [
        ("acknowledged_early", "fact", "was acknowledged and is not in the journal"),
        ("number_apart", "fact", "were given"),
        ("cart_kept_later", "sql", "the store remembers"),
        ("cursor_apart", "sql", "differs"),
    ],
)
def test_the_harness_finds_a_planted_bug(bug, kind, word, nursery, new_shop, seed, covered):
    look = 1 if bug == "cursor_apart" else 10**9
    life = Life(nursery, new_shop, Random(seed), bugs=[bug], full_look=look, compare=["kernel_till"])
    steps = list(range(life.count([])[kind], life.count(SHORT)[kind])) * ROUNDS
    Random(seed).shuffle(steps)
    for tried, step in enumerate(steps, 1):
        if any(word in fault for fault in life.die_at((kind, step), script(SHORT * 2))):
            covered(f"kill -9: the planted bug {bug} was found by kill {tried}")
            return
    pytest.fail(f"{bug} was not found by {len(steps)} kills, GENESIS_SEED={seed}")


def test_the_command_itself_is_killed_and_resumes(new_shop):
    """The same without forks or traces: `genesis till` as a shop starts it."""
    command = [str(Path(sys.executable).with_name("genesis")), "--home", str(new_shop()), "till"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as till:
        assert till.stdin is not None
        assert till.stdout is not None
        till.stdin.write(f"{BREAD}\n2*{APPLE}\n".encode())
        assert [till.stdout.readline()[:9] for _ in range(2)] == [b"1: Bread ", b"2: Apple "]
        till.kill()
    again = subprocess.run(command, input="cash exact\n", capture_output=True, text=True)
    assert (again.returncode, again.stderr) == (0, "")
    lines = again.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("Resumed: 2 lines", "Receipt: R1-00000001")
