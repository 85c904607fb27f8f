"""Real catalogues and GS1's own dictionary, where the folder with the test data is known."""

from __future__ import annotations

import csv
import gzip
import os
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from genesis_barcodes.elements import GS, read_elements
from genesis_barcodes.gtin import check_digit, gtin14
from genesis_barcodes.identifiers import identifiers
from genesis_barcodes.linters import LINTERS
from genesis_barcodes.reader import interpret

NAME = "GENESIS_TEST_DATA"
pytestmark = pytest.mark.skipif(NAME not in os.environ, reason=f"{NAME} is not set: real codes are NOT tested")


def folder() -> Path:
    return Path(os.environ[NAME])


def test_every_code_of_a_real_catalogue_is_valid() -> None:
    with gzip.open(folder() / "catalog" / "products_fmcg.csv.gz", "rt", encoding="utf-8", newline="") as file:
        codes = [row["gtin"] for row in csv.DictReader(file)]
    scans = [interpret(code) for code in codes]
    assert len(scans) == 67_674
    assert [scan.input for scan in scans if not scan.valid or scan.gtin != gtin14(scan.input)] == []
    # five articles stand there twice, as 12 and as 13 digits
    assert len({scan.gtin for scan in scans}) == len(scans) - 5


class Entry(NamedTuple):
    """An entry of GS1's syntax dictionary. parts: (set, least, most, may be left out, rules)."""

    ends: bool
    parts: tuple[tuple[str, int, int, bool, tuple[str, ...]], ...]
    needs: tuple[str, ...]
    excludes: frozenset[str]


def dictionary() -> Iterator[tuple[str, Entry]]:
    """The entries by identifier, ranges spelled out."""
    text = (folder() / "vectors" / "gs1-syntax-dictionary.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        found = re.match(r"([0-9]{2,4})(?:-([0-9]{2,4}))?\s+([*?]*)\s+(.*?)\s*(?:#.*)?$", line)
        if found:
            first, last, flags, rest = found.groups()
            parts = []
            for part in re.findall(r"(?:^|(?<=\s))(\[?)([NXYZ])(\.\.)?([0-9]+)\]?((?:,\w+)*)", rest):
                rules = tuple(filter(None, part[4].split(",")))
                parts.append((part[1], 1 if part[2] else int(part[3]), int(part[3]), bool(part[0]), rules))
            needs = tuple(re.findall(r"req=(\S+)", rest))
            excludes = frozenset(name for names in re.findall(r"ex=(\S+)", rest) for name in names.split(","))
            for number in range(int(first), int(last or first) + 1):
                yield f"{number:0{len(first)}}", Entry("*" in flags, tuple(parts), needs, excludes)


def test_the_table_says_what_the_dictionary_says_entry_by_entry() -> None:
    entries = dict(dictionary())
    ours = {}
    for ai, facts in identifiers().items():
        parts = tuple((p.kind.upper(), p.least, p.most, p.optional, p.rules) for p in facts.parts)
        needs = tuple(",".join("+".join(joined) for joined in group) for group in facts.needs)
        excludes = frozenset(f"{ai[:-1]}n" if name == "~" else name for name in facts.excludes)
        ours[ai] = Entry(facts.ends, parts, needs, excludes)
    assert len(entries) == 541
    assert {ai: (ours.get(ai), entry) for ai, entry in entries.items() if ours.get(ai) != entry} == {}
    assert ours.keys() == entries.keys()


def test_every_rule_that_the_dictionary_names_is_there_and_no_other() -> None:
    assert {rule for _, entry in dictionary() for part in entry.parts for rule in part[4]} == LINTERS.keys()


LIKED = {  # what the rules accept, and what they do not
    "yymmd0": ("261200", "261300"), "yymmdd": ("261231", "261200"), "yyyymmdd": ("20000229", "19000229"),
    "hhmi": ("2359", "2400"), "hh": ("23", "24"), "mi": ("59", "60"), "ss": ("59", "60"), "iso4217": ("978", "000"),
    "iso3166": ("250", "251"), "iso3166999": ("999", "998"), "iso3166alpha2": ("FR", "XX"), "zero": ("0", "1"),
    "yesno": ("1", "2"), "latitude": ("1800000000", "1800000001"), "longitude": ("3600000000", "3600000001"),
    "posinseqslash": ("1/2", "2/1"), "hyphen": ("-", "A"), "iso5218": ("9", "3"), "mediatype": ("10", "11"),
    "packagetype": ("PX", "QX"), "winding": ("9", "2"), "importeridx": ("_", "/"), "pieceoftotal": ("0102", "0201"),
    "iban": ("GB82WEST12345698765432", "GB83WEST12345698765432"), "csumalpha": ("1987654Ad4X4bL5ttr2310c2K", "1987654Ad4X4bL5ttr2310cXK"),
    "couponcode": ("106141416543213500110000310123196000", "10614141654321350011000"),
    "couponposoffer": ("001234561234560123456", "201234561234560123456"), "pcenc": ("A%20B", "A%2"),
    "nozeroprefix": ("10", "01"), "gcppos1": ("9506", "95A6"),
}  # fmt: skip
NEVER_ALONE = {"nonzero", "csum", "gcppos2", "hasnondigit"}  # these follow from the length of their part


def sample(entry: Entry, broken: str = "") -> str:
    """A value that an entry allows; with the name of a rule one that only this rule refuses."""
    value = ""
    for kind, least, most, _, rules in entry.parts:
        liked = next((LIKED[rule][rule == broken] for rule in rules if rule in LIKED), "")
        plain = ("1" if kind == "N" else "A") * (least if least != most else most)
        if "csum" in rules:
            plain = f"{plain[:-1]}{check_digit(plain[:-1])}"
            plain = f"{plain[:-1]}{(int(plain[-1]) + 1) % 10}" if broken == "csum" else plain
            liked = "" if "csum" in rules else liked
        value += ("0" * most if broken == "nonzero" and "nonzero" in rules else "") or liked or plain
    return value


def test_every_identifier_is_read_alone_bracketed_or_not() -> None:
    for ai, entry in dictionary():
        value = sample(entry)
        bracketed, plain = read_elements(f"({ai}){value}", 2026), read_elements(f"{ai}{value}", 2026)
        assert bracketed.pairs == plain.pairs == ((ai, value),), (ai, value, bracketed.fault)
        assert bracketed.fault in ("", "(02) needs (37) [req]", "(37) needs (02) or (8026) [req]"), bracketed.fault


def test_every_rule_of_every_identifier_refuses_what_it_must_and_is_named() -> None:
    tried: set[str] = set()
    for ai, entry in dictionary():
        for rule in {rule for part in entry.parts for rule in part[4]} & (LIKED.keys() | {"csum", "nonzero"}):
            if rule == "gcppos1" and any("csum" in part[4] or "csumalpha" in part[4] for part in entry.parts):
                continue  # a wrong prefix has a wrong check digit as well, or is no number at all
            assert read_elements(f"({ai}){sample(entry, rule)}", 2026).fault.endswith(f" [{rule}]"), (ai, rule)
            tried.add(rule)
    assert tried == LIKED.keys() | {"csum", "nonzero"}
    assert LINTERS.keys() - tried <= NEVER_ALONE


def test_an_element_ends_by_its_length_or_at_the_next_separator() -> None:
    for ai, entry in dictionary():
        value = sample(entry)
        after = read_elements(f"{ai}{value}10A", 2026).pairs
        assert (after == ((ai, value), ("10", "A"))) is entry.ends, ai
        assert read_elements(f"{ai}{value}{GS}10A", 2026).pairs == ((ai, value), ("10", "A")), ai


def fits(ai: str, pattern: str) -> bool:
    return re.fullmatch(pattern.replace("n", "[0-9]"), ai) is not None


def test_excluded_pairs_agree_with_the_dictionary() -> None:
    entries = dict(dictionary())
    tried = 0
    for ai, entry in entries.items():
        for pattern, other in product(entry.excludes, entries):
            if other != ai and fits(other, pattern):
                for pair in ((ai, other), (other, ai)):
                    text = "".join(f"({one}){sample(entries[one])}" for one in pair)
                    assert read_elements(text, 2026).fault.endswith("[ex]"), text
                tried += 1
    assert tried > 1_000


def said(text: str) -> str:
    found = read_elements(text, 2026)
    return found.fault or found.needs


def test_what_an_identifier_needs_agrees_with_the_dictionary() -> None:
    """Alone it is refused; with one alternative of each group there is nothing left that it needs."""
    entries = dict(dictionary())
    for ai, entry in entries.items():
        alone = said(f"({ai}){sample(entry)}")
        assert alone.startswith(f"({ai}) needs ") is bool(entry.needs), ai
        for alternatives in product(*(group.split(",") for group in entry.needs)):
            names = {ai}
            for pattern in "+".join(alternatives).split("+") if alternatives else ():
                names.add(next(one for one in entries if fits(one, pattern)))
            text = "".join(f"({one}){sample(entries[one])}" for one in sorted(names, key=lambda one: one != ai))
            fault = said(text)
            assert not fault.startswith(f"({ai}) needs "), (text, fault)
