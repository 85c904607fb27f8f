"""Answers `genesis scan`: each code as one JSON object, in the order asked, whatever was given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, TextIO

import msgspec

from genesis_barcodes.reader import MOST_CHARACTERS, Scan, interpret
from genesis_barcodes.rules import Rule

Lookup = Callable[[Scan], dict[str, str] | None]
MOST_BYTES = 64 * 1024  # of one line: the longest code as a JSON string, every character escaped, is under half


def scan_json(code: str, rules: Sequence[Rule] = (), lookup: Lookup | None = None) -> str:
    """Return what the code is as one JSON object; lookup: what the catalogue knows it as, where there is one.

    Keys in order: input, symbology, valid, reason, gtin, ais, quantity, price, batch, expiry, item.
    """
    return _text(_looked_up(interpret(code, rules).alone(), lookup))


def run_scan(codes: Iterable[str], stdout: TextIO, rules: Sequence[Rule] = (), lookup: Lookup | None = None) -> int:
    """Answer each code on a line of its own; return the exit code, 0."""
    for code in codes:
        stdout.write(f"{scan_json(code, rules, lookup)}\n")
        stdout.flush()
    return 0


def run_scan_lines(stdin: BinaryIO, stdout: TextIO, rules: Sequence[Rule] = (), lookup: Lookup | None = None) -> int:
    """Answer one JSON string a line, each in its place; return 0, or 1 where a line was none.

    Such a line is answered as an invalid code that says so, and the rest go on.
    """
    exit_code = 0
    for line, whole in _lines(stdin):
        code = _json_string(line)
        if not whole and line.startswith('"'):
            reason = f"longer than {MOST_BYTES} bytes; a code has at most {MOST_CHARACTERS} characters"
            stdout.write(f"{_text(Scan(line[1 : MOST_CHARACTERS + 1], None, valid=False, reason=reason))}\n")
        elif code is None:
            exit_code = 1
            bad = Scan(line[:MOST_CHARACTERS], None, valid=False, reason="the line is no JSON string of a code")
            stdout.write(f"{_text(bad)}\n")
        else:
            stdout.write(f"{scan_json(code, rules, lookup)}\n")
        stdout.flush()
    return exit_code


def _lines(stdin: BinaryIO) -> Iterator[tuple[str, bool]]:
    """Yield each line and whether that is all of it.

    What is beyond the limit of a line is read but not kept, what is not UTF-8 becomes unreadable.
    """
    while data := stdin.readline(MOST_BYTES):
        rest, whole = data, True
        while rest and not rest.endswith(b"\n"):
            rest = stdin.readline(MOST_BYTES)
            whole = whole and not rest.strip(b"\r\n")
        yield data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").rstrip("\r\n"), whole


def _json_string(line: str) -> str | None:
    try:
        code = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return code if isinstance(code, str) else None


def _looked_up(scan: Scan, lookup: Lookup | None) -> Scan:
    return scan if lookup is None else msgspec.structs.replace(scan, item=lookup(scan))


def _text(scan: Scan) -> str:
    return json.dumps({name: value for name, value in msgspec.structs.asdict(scan).items() if name != "needs"})
