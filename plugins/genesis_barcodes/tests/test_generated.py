"""Codes by the million: what is built to be right is read as it was built, what is broken is refused, nothing crashes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from genesis_barcodes.reader import Scan, interpret
from genesis_barcodes.rules import Rule

SHARDS, WHOLE = 8, 10_000_000
GS = "\x1d"
CSET_82 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"%&'()*+,-./_:;<=>?"
JUNK = "0123456789" * 6 + "()[]]CEdQe" * 2 + GS + " \t\r\n\x00\x1e\x04^~ÄяЖ字🙂\ud800\u202e" + CSET_82
RULES = (Rule(prefix="22", item_digits=5, value_digits=5, decimals=2, kind="price"),
         Rule(prefix="23", item_digits=5, value_digits=4, decimals=3, kind="weight", value_check=True))  # fmt: skip


class Made(NamedTuple):
    """A code and what must be said of it; None where nothing is known but that it is answered."""

    code: str
    valid: bool | None
    gtin: str | None = None
    ais: tuple[tuple[str, str], ...] | None = None


def last_digit(body: str) -> str:
    """The check digit, as GS1 explains it to people: from the right, three times every other digit, up to a ten."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        total += int(digit) * 3 if place % 2 == 0 else int(digit)
    return str((10 - total % 10) % 10)


def number(chance: random.Random, length: int) -> str:
    body = str(chance.randrange(1, 10 ** (length - 1))).zfill(length - 1)
    return body + last_digit(body)


def broken(chance: random.Random, code: str) -> str:
    """Return a number with its check digit changed, or two neighbours swapped where that is found out."""
    at = chance.randrange(len(code) - 1)
    one, two = code[at], code[at + 1]
    if chance.random() < 0.5 and one != two and abs(int(one) - int(two)) != 5:
        return code[:at] + two + one + code[at + 2 :]
    return code[:-1] + str((int(code[-1]) + chance.randrange(1, 10)) % 10)


def article(chance: random.Random) -> Made:
    code = number(chance, chance.choice((8, 12, 13, 13, 13, 14)))
    return Made(code, True, code.zfill(14))


def wrong_article(chance: random.Random) -> Made:
    return Made(broken(chance, number(chance, chance.choice((12, 13, 14)))), False)


def identified(chance: random.Random) -> Made:
    code = number(chance, 13)
    right = chance.random() < 0.5
    return Made(f"]E0{code if right else broken(chance, code)}", right, code.zfill(14) if right else None)


def text(chance: random.Random, least: int = 1) -> str:
    return "".join(chance.choices(CSET_82, k=chance.randrange(least, 21)))


def elements(chance: random.Random) -> Made:
    gtin = number(chance, 14)
    day = f"{chance.randrange(100):02}{chance.randrange(1, 13):02}{chance.randrange(29):02}"
    parts = [("01", gtin)]
    parts += [("17", day)] if chance.random() < 0.6 else []
    parts += [("3103", f"{chance.randrange(10**6):06}")] if chance.random() < 0.3 else []
    parts += [("10", text(chance))] if chance.random() < 0.7 else []
    parts += [("21", text(chance))] if chance.random() < 0.4 else []
    return Made(_symbol(chance, parts), True, gtin, tuple(parts))


def _symbol(chance: random.Random, parts: list[tuple[str, str]]) -> str:
    """Return elements as a scanner sends them: a separator after what has no fixed length, unless it is the last."""
    said = "".join(f"{ai}{value}{GS if ai in ('10', '21') else ''}" for ai, value in parts)
    return chance.choice(("]C1", "]d2", "]Q3", "]e0")) + said.removesuffix(GS)


def wrong_elements(chance: random.Random) -> Made:
    gtin, kind = number(chance, 14), chance.randrange(4)
    if kind == 0:
        parts = [("01", broken(chance, gtin)), ("10", text(chance))]
    elif kind == 1:
        parts = [("01", gtin), ("17", f"26{chance.randrange(13, 100)}{chance.randrange(29):02}")]
    elif kind == 2:
        parts = [("01", gtin), ("17", f"26{chance.randrange(1, 13):02}{chance.randrange(32, 100)}")]
    else:
        parts = [("01", gtin), ("10", text(chance) + chance.choice("äЖ~^\x7f"))]
    return Made(_symbol(chance, parts), False)


def mutated(chance: random.Random) -> Made:
    """Something right with characters taken out, put in or changed."""
    code = list(chance.choice((article, identified, elements))(chance).code)
    for _ in range(chance.randrange(1, 4)):
        at, how = chance.randrange(len(code) + 1), chance.randrange(3)
        code[at : at + (how != 0)] = [] if how == 1 else [chance.choice(JUNK)]
    return Made("".join(code), None)


def junk(chance: random.Random) -> Made:
    return Made("".join(chance.choices(JUNK, k=chance.randrange(40))), None)


KINDS: dict[Callable[[random.Random], Made], int] = {
    article: 40, wrong_article: 20, identified: 8, elements: 8, wrong_elements: 4, mutated: 10, junk: 10,
}  # fmt: skip


def generated(seed: int, count: int) -> Iterator[tuple[str, Made]]:
    """Yield so many codes of all kinds, the same for the same seed."""
    chance = random.Random(seed)
    makers, weights = list(KINDS), list(KINDS.values())
    left = count
    while left:
        some = chance.choices(makers, weights, k=min(left, 1_000))
        left -= len(some)
        for make in some:
            yield make.__name__, make(chance)


def whole(made: Made, scan: Scan) -> bool:
    """Tell whether an answer is whole, and what must be said of the code."""
    told = scan.valid is (scan.reason is None) and (scan.gtin is None or len(scan.gtin) == 14)
    if made.valid is None:
        return told
    return told and scan.valid is made.valid and scan.gtin == made.gtin and (made.ais is None or scan.ais == made.ais)


def read(seed: int, count: int) -> Counter[str]:
    """Read so many codes; returns how many of each kind. The first answers that are wrong fail it."""
    seen: Counter[str] = Counter()
    wrong: list[Any] = []
    for kind, made in generated(seed, count):
        seen[kind] += 1
        scan = interpret(made.code, RULES if made.valid is None else (), year=2026)
        if not whole(made, scan):
            wrong.append((made, scan))
            assert len(wrong) < 5, wrong
    assert wrong == []
    return seen


def test_a_slice_of_the_generated_codes_is_read_as_it_was_made() -> None:
    seen = read(SHARDS, 100_000)
    assert seen.keys() == {make.__name__ for make in KINDS}


def test_the_same_seed_makes_the_same_codes() -> None:
    assert list(generated(7, 500)) == list(generated(7, 500))


@pytest.mark.stress
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_ten_million_codes_are_read_as_they_were_made(shard: int, record_property: Any) -> None:
    seen = read(shard, WHOLE // SHARDS)
    record_property("covered", f"codes read, part {shard + 1} of {SHARDS}: {sum(seen.values())} {dict(seen)}")
