"""Pairs of products that are likely the same, found by keys that both have: no product is compared with all others."""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from genesis import Pos, UserError
from genesis_catalog.lookup import PREFIX
from genesis_catalog.models import code, product

PAGE = 5_000  # products read at a time
WINDOW = 8  # neighbours by name that are compared within a brand and size
SLIPS = 2  # words that may be written otherwise
MOST = 5_000  # pairs that are kept, the likeliest
_BITS = 24  # of a packed key: the product's number; the rest is the key
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(kg|g|mg|l|ml|cl|dl|oz|lb|pcs|pc|st|stk)\b")
_TO_BASE = {"kg": ("g", 1_000), "mg": ("g", 0.001), "l": ("ml", 1_000), "cl": ("ml", 10), "dl": ("ml", 100),
            "pc": ("pcs", 1), "st": ("pcs", 1), "stk": ("pcs", 1)}  # fmt: skip
_ROWS = (product.c.num, product.c.id, product.c.name, product.c.brand, product.c.sku)


Values = Callable[[Pos, list[int]], Iterator[tuple[int, str]]]


class Pair(NamedTuple):
    """Two products, the likelihood from 0 to 100, and why. one, other: (id, name, SKU), the older first."""

    score: int
    why: str
    one: tuple[str, str, str]
    other: tuple[str, str, str]


class Told(NamedTuple):
    """What is compared of a product."""

    num: int
    id: str
    name: str
    brand: str
    sku: str
    words: tuple[str, ...]
    sizes: tuple[str, ...]


def folded(text: str) -> str:
    """Return text without case, accents and signs, sizes written one way: "0,5 L" is "500ml"."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    sized = _SIZE.sub(lambda found: f" {_size(found[1], found[2])} ", plain)
    return " ".join(re.findall(r"\w+", sized))


def _size(number: str, unit: str) -> str:
    base, factor = _TO_BASE.get(unit, (unit, 1))
    return f"{float(number.replace(',', '.')) * factor:.6g}".replace(".", "d") + base


def told_of(row: Any) -> Told:
    """Return what is compared of a row (number, id, name, brand, SKU)."""
    words = tuple(folded(row[2]).split())
    sizes = tuple(sorted(word for word in words if word[0].isdigit()))
    return Told(row[0], row[1], row[2], folded(row[3] or ""), row[4], words, sizes)


def find(pos: Pos, most: int = MOST) -> list[Pair]:
    """Return the likeliest pairs of products that are sold, the likeliest first; memory grows by some bytes a key."""
    found: dict[tuple[int, int], tuple[int, str]] = {}
    names, near = array("Q"), array("Q")
    for one in map(told_of, _all(pos)):
        if one.words:
            names.append(_packed(" ".join(sorted(one.words)), one.num))
            near.append(_packed("|".join((one.brand or one.words[0], *one.sizes)), one.num))
    codes, own = _codes(pos)
    likely = (group for group in _groups(codes) if not own.isdisjoint(group))  # two GTINs that are right are two codes
    for group in _confirmed(pos, likely, _digits_of):
        _note(found, group, 98, "the same code, written otherwise")
    for group in _confirmed(pos, _groups(_supplier_codes(pos)), _sold_as):
        _note(found, group, 90, "the same supplier's code")
    for many in _loaded(pos, _groups(names)):
        _same_words(found, many)
    for many in _loaded(pos, _groups(near)):
        _near(found, many)
    best = sorted(found.items(), key=lambda pair: (-pair[1][0], pair[0]))[:most]
    shown = {row[0]: (row[1], row[2], row[4]) for row in _rows(pos, {num for pair, _ in best for num in pair})}
    return [Pair(score, why, shown[a], shown[b]) for (a, b), (score, why) in best if a in shown and b in shown]


def _note(found: dict[tuple[int, int], tuple[int, str]], nums: Iterable[int], score: int, why: str) -> None:
    """Note each of a group with its first; the better reason of a pair stays."""
    first, *others = sorted(nums)
    for other in others:
        if found.get((first, other), (0, ""))[0] < score:
            found[first, other] = (score, why)


def _same_words(found: dict[tuple[int, int], tuple[int, str]], many: list[Told]) -> None:
    """Note those whose folded names are equal, or have the same words."""
    exact: dict[tuple[tuple[str, ...], str], list[Told]] = {}
    sorted_words: dict[tuple[str, ...], list[Told]] = {}
    for one in many:
        exact.setdefault((one.words, one.brand), []).append(one)
        sorted_words.setdefault(tuple(sorted(one.words)), []).append(one)
    for group in exact.values():
        _note(found, (one.num for one in group), 95, "the same name")
    for group in sorted_words.values():
        if len({one.brand for one in group if one.brand}) <= 1:
            _note(found, (one.num for one in group), 90, "the same words in the name")


def _near(found: dict[tuple[int, int], tuple[int, str]], many: list[Told]) -> None:
    """Note neighbours by name, of one brand and size, that differ in few letters."""
    many.sort(key=lambda one: one.words)
    for at, one in enumerate(many):
        for other in many[at + 1 : at + 1 + WINDOW]:
            if one.brand == other.brand and one.sizes == other.sizes and one.words != other.words:
                alike = _alike(one.words, other.words)
                if alike:
                    _note(found, (one.num, other.num), int(alike * 85), "nearly the same name, the same brand and size")


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Return how alike two names are, 0 where they differ by more than slips in one or two of their words.

    Another word is another flavour or colour; what has digits is a size or a number.
    """
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    if len(one) != len(other) or len(differing) > SLIPS:
        return 0.0
    total = float(len(one) - len(differing))
    for a, b in differing:
        slip = 0.0 if min(len(a), len(b)) < 4 or re.search(r"\d", a + b) else _ratio(a, b)
        if slip < 0.75:
            return 0.0
        total += slip
    return total / len(one)


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


# -- keys --------------------------------------------------------------------------------------------------


def _packed(key: str, num: int) -> int:
    return (hash(key) & 0xFF_FFFF_FFFF) << _BITS | num


def _groups(packed: array[int]) -> Iterator[list[int]]:
    """Yield the numbers of products that share a key, where they are several."""
    for _, same in itertools.groupby(sorted(packed), key=lambda one: one >> _BITS):
        nums = list(dict.fromkeys(one & (1 << _BITS) - 1 for one in same))
        if len(nums) > 1:
            yield nums


def _codes(pos: Pos) -> tuple[array[int], set[int]]:
    """Return keys of codes, without leading zeros, check digit and what a person puts between digits.

    And the products that have a code of digits which is no GTIN.
    """
    found, own, last = array("Q"), set[int](), ("", "")
    statement = (
        select(code.c.code, code.c.id, product.c.num)
        .join(product, product.c.id == code.c.id)
        .where(product.c.status == "active")
        .order_by(code.c.code, code.c.id)
        .limit(PAGE)
    )
    while rows := pos.db.all(
        statement.where((code.c.code > last[0]) | ((code.c.code == last[0]) & (code.c.id > last[1])))
    ):
        last = (rows[-1][0], rows[-1][1])
        for row in rows:
            written = _written(row[0])
            found.extend(_packed(digits, row[2]) for digits in written)
            if len(written) == 1:
                own.add(row[2])
    return found, own


def _written(typed: str) -> tuple[str, ...]:
    """Return how a code of digits may be written, none for others: a GTIN with its check digit and without it."""
    digits = re.sub(r"[\s.\-]", "", typed).lstrip("0")
    if not (digits.isascii() and digits.isdigit() and len(digits) >= 6):
        return ()
    return (digits, digits[:-1]) if len(typed) == 14 and typed.isdigit() else (digits,)


def _supplier_codes(pos: Pos) -> array[int]:
    """Return keys of the codes under which suppliers sell products, where a plugin keeps them."""
    found: array[int] = array("Q")
    try:
        wanted = _offered(pos)
    except UserError:  # no plugin keeps them now
        return found
    for row in pos.db.all(wanted):
        found.append(_packed(f"{row[0]} {row[1].casefold()}", row[2]))
    return found


def _offered(pos: Pos) -> Select[Any]:
    """Select (supplier, its code, number of the product) of what suppliers sell; UserError where no plugin keeps it."""
    table = pos.records("purchasing_offer").records.table
    joined = table.join(product, table.c.item == PREFIX + product.c.id)
    wanted = select(table.c.supplier, table.c.code, product.c.num).select_from(joined)
    return wanted.where(table.c.code != "", product.c.status == "active")


def _confirmed(pos: Pos, groups: Iterable[list[int]], values: Values) -> Iterator[list[int]]:
    """Yield those of groups that share a real value: a packed key may be that of two values."""
    for group in groups:
        same: dict[str, set[int]] = {}
        for num, value in values(pos, group):
            same.setdefault(value, set()).add(num)
        yield from (sorted(nums) for nums in same.values() if len(nums) > 1)


def _digits_of(pos: Pos, nums: list[int]) -> Iterator[tuple[int, str]]:
    statement = select(code.c.code, product.c.num).join(product, product.c.id == code.c.id)
    for row in pos.db.all(statement.where(product.c.num.in_(nums))):
        yield from ((row[1], digits) for digits in _written(row[0]))


def _sold_as(pos: Pos, nums: list[int]) -> Iterator[tuple[int, str]]:
    for row in pos.db.all(_offered(pos).where(product.c.num.in_(nums))):
        yield row[2], f"{row[0]} {row[1].casefold()}"


# -- reading -----------------------------------------------------------------------------------------------


def _all(pos: Pos) -> Iterator[Any]:
    """Yield all products that are sold, page by page."""
    last = -1
    statement: Select[Any] = select(*_ROWS).where(product.c.status == "active").order_by(product.c.num).limit(PAGE)
    while rows := pos.db.all(statement.where(product.c.num > last)):
        last = rows[-1][0]
        yield from rows


def _rows(pos: Pos, nums: Iterable[int]) -> Iterator[Any]:
    for part in _parts(sorted(nums)):
        yield from pos.db.all(select(*_ROWS).where(product.c.num.in_(part)))


def _parts(nums: list[int]) -> Iterator[tuple[int, ...]]:
    for start in range(0, len(nums), 500):
        yield tuple(nums[start : start + 500])


def _loaded(pos: Pos, groups: Iterator[list[int]]) -> Iterator[list[Told]]:
    """Yield groups with what is compared of their products, read many groups at a time."""
    while True:
        part: list[list[int]] = []
        while sum(map(len, part)) < PAGE and (group := next(groups, None)) is not None:
            part.append(group)
        if not part:
            return
        told = {row[0]: told_of(row) for row in _rows(pos, {num for group in part for num in group})}
        for group in part:
            yield [told[num] for num in group if num in told]
