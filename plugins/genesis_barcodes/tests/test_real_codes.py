"""Real catalogues and GS1's own dictionary, where the folder with the test data is known."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
from collections.abc import Iterator
from importlib import resources
from itertools import product
from pathlib import Path

import pytest

from genesis_barcodes.elements import read_elements
from genesis_barcodes.gtin import check_digit, gtin14
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


Entry = tuple[str, str, str]  # identifier, format, attributes


def dictionary() -> Iterator[Entry]:
    """The entries of GS1's syntax dictionary with ranges spelled out."""
    text = (folder() / "vectors" / "gs1-syntax-dictionary.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        found = re.match(r"([0-9]{2,4})(?:-([0-9]{2,4}))?\s+([*?]*)\s+(.*?)\s*(?:#.*)?$", line)
        if found:
            first, last, flags, rest = found.groups()
            for number in range(int(first), int(last or first) + 1):
                yield f"{number:0{len(first)}}", flags, rest


LIKED = {  # what the dictionary's linters accept
    "yymmd0": "261231", "yymmdd": "261231", "yyyymmdd": "20000229", "hhmi": "1230", "hh": "12", "mi": "30", "ss": "30",
    "iso4217": "978", "iso3166": "250", "iso3166999": "250", "iso3166alpha2": "FR", "zero": "0", "yesno": "1",
    "latitude": "0900000000", "longitude": "1800000000", "posinseqslash": "1/2", "hyphen": "-",
}  # fmt: skip


def sample(rest: str) -> str:
    """A value that the format of an entry allows and its linters accept."""
    value = ""
    for part in rest.split():
        found = re.fullmatch(r"([NXYZ])(\.\.)?([0-9]+)((?:,\w+)*)", part)
        if not found:
            break
        kind, upto, size, linters = found.groups()
        liked = next((LIKED[name] for name in linters.split(",") if name in LIKED), None)
        shortest = 5 if kind == "Y" else 1  # a part number begins with a company prefix
        plain = ("1" if kind == "N" else "A") * (shortest if upto else int(size))
        if "csum" in linters.split(","):
            plain = f"{plain[:-1]}{check_digit(plain[:-1])}"
        value += liked or plain
    return value


def test_element_ends_and_check_digits_agree_with_the_dictionary() -> None:
    ais = json.loads(
        (resources.files("biip") / "gs1_application_identifiers" / "_application_identifiers.json").read_text()
    )
    ends = {entry["ai"]: entry["separator_required"] for entry in ais}
    entries = list(dictionary())
    assert len(entries) == len(ends) == 541
    for ai, flags, rest in entries:
        assert ends[ai] is ("*" not in flags), ai
        if ",csum," in rest:
            value = sample(rest)
            length = int(re.findall(r"N([0-9]+),csum", rest)[0]) + (ai == "8003")
            wrong = f"{value[: length - 1]}{(int(value[length - 1]) + 1) % 10}{value[length:]}"
            assert "check digit" not in read_elements(f"({ai}){value}", 2026).fault, ai
            assert read_elements(f"({ai}){wrong}", 2026).fault == f"({ai}) has a wrong check digit", ai


def test_excluded_pairs_agree_with_the_dictionary() -> None:
    entries = {ai: rest for ai, _, rest in dictionary()}
    tried = 0
    for ai, rest in entries.items():
        for listed in re.findall(r"ex=(\S+)", rest):
            patterns = [re.compile(name.replace("n", "[0-9]")) for name in listed.split(",")]
            for other, pattern in product(entries, patterns):
                if other != ai and pattern.fullmatch(other):
                    pair = f"({ai}){sample(rest)}({other}){sample(entries[other])}"
                    fault = read_elements(pair, 2026).fault
                    assert "exclude each other" in fault or "are one measure" in fault, (pair, fault)
                    tried += 1
    assert tried > 1_000


def test_every_identifier_is_read_alone_bracketed_or_not() -> None:
    for ai, _, rest in dictionary():
        value = sample(rest)
        bracketed, plain = read_elements(f"({ai}){value}", 2026), read_elements(f"{ai}{value}", 2026)
        assert bracketed.pairs == plain.pairs == ((ai, value),), (ai, value, bracketed.fault)
