"""Prices a basket without selling it: JSON in, JSON out, every figure exact and explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, BinaryIO, TextIO

from genesis import UserError, plain, to_step
from genesis_tax.basket import Basket, JsonNumber, Resolve, Rounding, read_basket, refusal
from genesis_tax.discounts import Discounted, price
from genesis_tax.engine import LineFigures

MOST_BYTES = 8 * 1024 * 1024  # of one basket; a thousand lines with a few taxes each are under one


def quote(document: object, resolve: Resolve | None = None) -> dict[str, Any]:
    """Price a basket; see the README for both shapes. All amounts are decimal strings, multiples of the step.

    resolve: finds the `code` of a line, None where there is no store. Raises UserError naming the field.
    """
    basket = read_basket(document, resolve)
    step, mode = basket.rounding.step, basket.rounding.mode
    lines = [line.line for line in basket.lines]
    priced = price(lines, basket.discounts, basket.scope, mode, step)
    document_figures = priced.document
    due = _due(document_figures.total, step, basket.cash)
    return {
        "lines": [_line(basket, priced, number) for number in range(len(lines))],
        "net": _text(document_figures.net, step),
        "tax": _text(document_figures.tax, step),
        "total": _text(document_figures.total, step),
        "taxes": [
            {
                "type": row.type,
                "rate": format(row.rate, "f"),
                "included": row.included,
                "base": _text(row.base, step),
                "amount": _text(row.amount, step),
            }
            for row in document_figures.taxes
        ],
        "rounding": _text(due - document_figures.total, step),
        "due": _text(due, step),
    }


def run_quote(
    stdin: BinaryIO, stdout: TextIO, stderr: TextIO, *, lines: bool = False, resolve: Resolve | None = None
) -> int:
    """Answer the basket on `stdin`, or with `lines` one basket a line; return the exit code.

    0: all answered. 1: a basket was refused, by one line on `stderr` or, with `lines`, by
    {"error": {"field", "reason"}} in its place.
    """
    if lines:
        return max([_answer_line(data, stdout, resolve) for data in _lines(stdin)], default=0)
    try:
        answer = quote(parse(stdin.read(MOST_BYTES + 1)), resolve)
    except UserError as error:
        stderr.write(f"{' '.join(str(error).splitlines())}\n")
        return 1
    stdout.write(f"{json.dumps(answer)}\n")
    stdout.flush()
    return 0


def parse(data: bytes) -> object:
    """Read JSON text (UTF-8, a byte order mark is allowed); numbers become JsonNumber.

    Raises UserError with field `json` for text that is not JSON, is too long or names a key twice.
    """
    if len(data) > MOST_BYTES:
        raise refusal("json", f"longer than {MOST_BYTES} bytes", "split the basket")
    if not data.strip():
        raise refusal("json", "nothing was given", "write one basket as a JSON object")
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_number,
        )
    except UnicodeDecodeError as error:
        raise refusal("json", f"byte {error.start + 1} is not UTF-8", "save the basket as UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise refusal("json", f"{error.msg} at {where}", "write one basket as a JSON object") from None
    except RecursionError:
        raise refusal("json", "nested too deeply", "write one basket as a JSON object") from None


def _number(_: str) -> JsonNumber:
    return JsonNumber()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise refusal("json", f"the key {key[:40]!r} stands twice in one object", "keep one of them")
        found[key] = value
    return found


def _lines(stdin: BinaryIO) -> Iterator[bytes]:
    """Yield each line; what is beyond the limit of one is read but not kept."""
    while data := stdin.readline(MOST_BYTES + 1):
        rest = data
        while rest and not rest.endswith(b"\n"):
            rest = stdin.readline(MOST_BYTES)
        yield data.rstrip(b"\r\n")


def _answer_line(data: bytes, stdout: TextIO, resolve: Resolve | None) -> int:
    try:
        answer, code = quote(parse(data), resolve), 0
    except UserError as error:
        reason = str(error).removeprefix(f"{error.field}: ")
        answer, code = {"error": {"field": error.field, "reason": reason}}, 1
    stdout.write(f"{json.dumps(answer)}\n")
    stdout.flush()
    return code


def _line(basket: Basket, priced: Discounted, number: int) -> dict[str, Any]:
    step = basket.rounding.step
    figures: LineFigures = priced.document.lines[number]
    taken = [(f"discounts[{index}]", parts[number]) for index, parts in enumerate(priced.parts)]
    return {
        "net": _text(figures.net, step),
        "tax": _text(figures.tax, step),
        "gross": _text(figures.gross, step),
        "discounts": [{"by": by, "amount": _text(off, step)} for by, off in (*basket.lines[number].off, *taken) if off],
        "taxes": [{"base": _text(tax.base, step), "amount": _text(tax.amount, step)} for tax in figures.taxes],
    }


def _due(total: int, step: Decimal, cash: Rounding | None) -> int:
    """Return what is to be paid, in steps: the total, rounded where cash is."""
    if cash is None:
        return total
    coins = to_step(total * Fraction(step), cash.step, cash.mode)
    return int(coins * Fraction(cash.step) / Fraction(step))


def _text(units: int, step: Decimal) -> str:
    """Write steps as a decimal with the decimals of the step: 3 steps of 0.05 are "0.15"."""
    decimals = max(0, -int(step.as_tuple().exponent))
    return plain(units * int(step.scaleb(decimals)), decimals)
