"""A power cut at any place: no receipt that was shown is lost, and the store can be opened and adds up."""

from __future__ import annotations

import functools
from random import Random

import pytest

from tests.torture.kills import SHORT, at_random, script
from tests.torture.power import Cuts, sell


@pytest.mark.parametrize(
    ("deeds", "places", "full_look", "encrypted"),
    [
        (40, 8, 16, False),
        pytest.param(150, 500, 50, False, marks=pytest.mark.torture),
        pytest.param(100, 200, 50, True, marks=pytest.mark.torture),
    ],
)
def test_a_power_cut_takes_nothing_back_that_was_acknowledged(
    deeds, places, full_look, encrypted, nursery, new_shop, seed, covered
):
    random = Random(seed)
    sold = sell(nursery, functools.partial(new_shop, encrypted=encrypted), at_random(random, deeds))
    cuts = Cuts(nursery, sold, random)
    for _ in cuts.make(places, full_look):
        pass
    assert cuts.faults == [], f"GENESIS_SEED={seed}"
    covered(f"power loss{', encrypted' * encrypted}: {cuts.tally['disks']} disks after {places} cuts in {deeds} commands, "
            f"{cuts.tally['lost']} with a receipt missing, {cuts.tally['broken']} broken; seed {seed}")  # fmt: skip


@pytest.mark.parametrize("bug", ["synchronous_normal", "synchronous_off", "acknowledged_early"])
def test_the_harness_finds_a_planted_bug(bug, nursery, new_shop, seed, covered):
    random = Random(seed)
    sold = sell(nursery, new_shop, script(SHORT * 5), bugs=[bug])
    cuts = Cuts(nursery, sold, random)
    found = any(cuts.tally["lost"] or cuts.tally["unreadable"] for _ in cuts.make(30, 10**9, ["none"]))
    assert found, f"{bug} was not found on {cuts.tally['disks']} disks, GENESIS_SEED={seed}"
    covered(f"power loss: the planted bug {bug} was found on disk {cuts.tally['disks']}")
