"""The disk fails at the n-th write or sync of a deed: the answer is true, a second try does it exactly once."""

from __future__ import annotations

import errno
from collections import Counter
from random import Random

import pytest

from tests.torture.deeds import DEEDS
from tests.torture.shim import FAIL, FAIL_ON, KILL, SHORT, SHORT_ON, TEAR_AND_KILL

FAULTS = [
    (FAIL, errno.EIO), (FAIL_ON, errno.EIO), (FAIL, errno.ENOSPC), (FAIL_ON, errno.ENOSPC),
    (SHORT, errno.ENOSPC), (SHORT_ON, errno.ENOSPC),
]  # fmt: skip
JOURNAL, VIEWS = "journal.db", "views.db"


def is_done(deed, seen):
    """Whether a look at the store finds the deed done (see `deeds.prepare` for what was there before)."""
    match deed:
        case "hold":
            return "the deed" in seen["carts"]
        case "recall":
            return "aside" not in seen["carts"]
        case "cancel":
            return "cart.cancelled" in seen["kinds"]
        case "scan":
            return len(seen["carts"]["open"]["lines"]) == 2
        case "close":
            return "shift.closed" in seen["kinds"]
        case "first sale":
            return len(seen["receipts"]) == 1
    return len(seen["receipts"]) == 2


@pytest.mark.parametrize("kinds", [1, pytest.param(len(FAULTS), marks=pytest.mark.torture)])
@pytest.mark.parametrize(("part", "reads"), [(JOURNAL, False), (JOURNAL, True), (VIEWS, False), (VIEWS, True)])
def test_after_a_fault_the_same_command_does_it_once_and_selling_goes_on(
    kinds, part, reads, nursery, new_shop, seed, covered
):
    """Every step of every deed, in one process."""
    home, tally = str(new_shop()), Counter()
    order = {"role": "deeds", "home": home, "watch": part, "reads": reads, "shim": {}}
    rows = nursery.ask(order | {"faults": Random(seed).sample(FAULTS, kinds)})
    for row in rows:
        tally[row["told"][0]] += 1
        assert row["told"][0] in {"done", "refused", "unknown"}, row
        assert row["again"][0] == "done", row
    told = [row["again"][1] for row in rows if row["deed"] in {"sale", "first sale", "return"}]
    seen = nursery.ask({"role": "look", "home": home, "full": True})
    numbers = [receipt["number"] for receipt in seen["receipts"]]
    assert seen["faults"] == []
    assert [numbers.count(number) for number in told] == [1] * len(told)
    assert told or part == VIEWS
    covered(f"I/O errors of {part}{', reading too' * reads}: {dict(tally)}; seed {seed}")


@pytest.mark.parametrize("everywhere", [False, pytest.param(True, marks=pytest.mark.torture)])
def test_what_was_answered_is_true_after_a_restart(everywhere, nursery, new_shop, covered):
    """Everywhere, or only where the commit waits for the disk: that is where nobody can know."""
    tally = Counter()
    for deed in DEEDS if everywhere else ("sale", "return", "hold", "close"):
        quiet = {"role": "deed", "deed": deed, "home": str(new_shop()), "watch": JOURNAL, "shim": {}}
        steps = nursery.ask(quiet | {"fault": [-1, 0, 0]})["steps"]
        faults = [(step, how, error) for step in range(steps) for how, error in FAULTS]
        for fault in faults if everywhere else [(steps - 1, FAIL, errno.EIO), (steps - 1, FAIL_ON, errno.EIO)]:
            tally[dies(nursery, new_shop, deed, fault)] += 1
    covered(f"I/O errors, dying after them: {dict(tally)}")


def dies(nursery, new_shop, deed, fault, bugs=(), watch=JOURNAL):
    """Do a deed under a fault and end at once; then what was told must be what the store says. Returns what was told."""
    order = {"home": str(new_shop()), "deed": deed, "bugs": list(bugs)}
    did = nursery.ask(order | {"role": "deed", "watch": watch, "fault": fault, "shim": {}})
    then = nursery.ask(order | {"role": "after"})
    told = did["told"][0]
    assert did["fired"], (deed, fault)
    assert told in {"done", "refused", "unknown"}, (deed, fault, did)
    if told != "unknown":
        assert is_done(deed, then["before"]) == (told == "done"), (deed, fault, did, then)
    assert then["before"]["faults"] + then["after"]["faults"] == [], (deed, fault)
    assert then["again"][0] == "done" or deed == "close", (deed, fault, did, then["again"])
    assert then["next"][0] == "done", (deed, fault, then)
    assert len(then["after"]["receipts"]) == {"sale": 3, "return": 3}.get(deed, 2), (deed, fault, then)
    return told


@pytest.mark.parametrize("bug", ["commit_trusted", "commit_given_up"])
def test_the_harness_finds_a_planted_bug(bug, nursery, new_shop, covered):
    quiet = {"role": "deed", "deed": "hold", "home": str(new_shop()), "watch": JOURNAL, "shim": {}}
    for tried, step in enumerate(range(nursery.ask(quiet | {"fault": [-1, 0, 0]})["steps"]), 1):
        try:
            dies(nursery, new_shop, "hold", (step, FAIL, errno.EIO), bugs=[bug])
        except AssertionError:
            covered(f"I/O errors: the planted bug {bug} was found by fault {tried}")
            return
    pytest.fail(f"{bug} was not found")


def test_a_seal_that_cannot_be_kept_does_not_spoil_the_next_one(nursery, new_shop):
    """The key that signs a close is made at the first one: whole, or not at all."""
    for how in (FAIL, SHORT):
        assert dies(nursery, new_shop, "close", (0, how, errno.ENOSPC), watch="signing.key") == "refused"
    for how in (KILL, TEAR_AND_KILL):
        home = str(new_shop())
        order = {
            "role": "deed",
            "deed": "close",
            "home": home,
            "watch": "signing.key",
            "fault": (0, how, 0),
            "shim": {},
        }
        with pytest.raises(AssertionError, match="ended with -9"):
            nursery.ask(order)
        then = nursery.ask({"role": "after", "deed": "close", "home": home})
        assert (then["again"], then["after"]["faults"]) == (["done", "1"], [])
