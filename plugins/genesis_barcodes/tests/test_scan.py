"""What `genesis scan` prints: one object a code, in the order asked."""

from __future__ import annotations

import io
import json

from genesis_barcodes.reader import Scan
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
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer["valid"] for answer in answers] == [True, False, False, False]


def test_lines_are_json_strings() -> None:
    out = io.StringIO()
    lines = ['"4006381333931"\n', '"(10)A\\u001d"\n', "4006381333931\n", "\n", '["x"]\n', '"x', '"]C110A\\u001d21B"']
    assert run_scan_lines(lines, out) == 1
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer["valid"] for answer in answers] == [True, False, False, False, False, False, True]
    assert answers[2]["input"] == "4006381333931"
    assert answers[2]["reason"] == "the line is no JSON string"
    assert answers[6]["ais"] == [["10", "A"], ["21", "B"]]
    assert run_scan_lines(lines[:2], io.StringIO()) == 0
