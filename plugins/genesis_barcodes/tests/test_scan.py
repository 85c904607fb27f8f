"""What `genesis scan` prints: one object a code, in the order asked."""

from __future__ import annotations

import io
import json
from typing import Any

from genesis_barcodes.reader import MOST_CHARACTERS, Scan
from genesis_barcodes.scan import run_scan, run_scan_lines, scan_json


def in_catalogue(scan: Scan) -> dict[str, str] | None:
    return {"sku": "PEN", "name": "Pen"} if scan.gtin == "04006381333931" else None


def test_one_object_with_its_keys_in_order() -> None:
    assert scan_json("4006381333931", (), in_catalogue) == (
        '{"input": "4006381333931", "symbology": "EAN-13", "valid": true, "reason": null, '
        '"gtin": "04006381333931", "ais": null, "quantity": null, "price": null, "batch": null, "expiry": null, '
        '"item": {"sku": "PEN", "name": "Pen"}}'
    )


def test_elements_are_lists_of_two() -> None:
    assert json.loads(scan_json("(10)A(21)B"))["ais"] == [["10", "A"], ["21", "B"]]


def test_an_item_the_catalogue_does_not_know_is_null() -> None:
    answer = json.loads(scan_json("96385074", (), in_catalogue))
    assert (answer["valid"], answer["item"]) == (True, None)


def test_every_code_is_answered_in_its_place() -> None:
    out = io.StringIO()
    assert run_scan(["4006381333931", "4006381333930", "", "\ud800"], out, (), in_catalogue) == 0
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer["valid"] for answer in found] == [True, False, False, False]


def answers(text: bytes) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    code = run_scan_lines(io.BytesIO(text), out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_lines_are_json_strings() -> None:
    lines = [
        '"4006381333931"',
        '"(10)A\\u001d"',
        "4006381333931",
        "",
        '["x"]',
        '"x',
        '"]C1010950600013435210A\\u001d21B"',
    ]
    code, found = answers("\n".join(lines).encode())
    assert code == 1
    assert [answer["valid"] for answer in found] == [True, False, False, False, False, False, True]
    assert found[2]["input"] == "4006381333931"
    assert found[2]["reason"] == "the line is no JSON string of a code"
    assert found[6]["ais"] == [["01", "09506000134352"], ["10", "A"], ["21", "B"]]
    assert answers(b'"4006381333931"\r\n"x"')[0] == 0


def test_lines_of_any_bytes_are_answered_one_for_one() -> None:
    code, found = answers(b'\xff\n"caf\xe9"\n"' + b"9" * 10_000_000 + b'"\n\xef\xbb\xbf"96385074"\n' + b"[" * 60_000)
    assert code == 1
    assert [answer["valid"] for answer in found] == [False, False, False, True, False]
    assert found[1]["reason"] == "the character U+DCE9 belongs in no code"
    assert len(found[2]["input"]) == MOST_CHARACTERS
    assert answers(b"") == (0, [])


def test_a_string_of_any_length_is_answered_as_a_code() -> None:
    code, found = answers(b'"' + b"9" * 10_000_000 + b'"\n"96385074"\n')
    assert (code, [answer["valid"] for answer in found]) == (0, [False, True])
    assert found[0]["input"] == "9" * MOST_CHARACTERS
    assert found[0]["reason"] == "longer than 65536 bytes; a code has at most 4096 characters"
    for end in (b"", b"\n", b"\r\n"):
        code, found = answers(b'"96385074"'.ljust(65_536) + end)
        assert (code, [answer["valid"] for answer in found]) == (0, [True])
