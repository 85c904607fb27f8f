"""What a cashier does with the drawer: open, put in, take out, count, close."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from genesis import (
    Confirm,
    FieldSpec,
    Money,
    Pos,
    ShiftClosed,
    UserError,
    Veto,
    decimal,
    expected_cash,
    exponent,
    plain,
    shift_figures,
)

Denomination = Annotated[str, Meta(pattern=r"^[0-9]{1,7}(\.[0-9]{1,3})?$")]


class TillSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How drawers are counted here."""

    blind: Annotated[bool, Meta(title="Blind count", description="What is expected is shown after the count")] = True
    denominations: Annotated[
        tuple[Denomination, ...],
        Meta(title="Notes and coins", description="Counted by piece where given, such as 50, 20, 0.50", max_length=40),
    ] = ()
    most_difference: Annotated[
        Denomination | None,
        Meta(title="Largest difference", description="A larger one needs the permission till.exceed"),
    ] = None
    reasons: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=60)], ...], Meta(title="Reasons for cash in and out")
    ] = ()


def amount_of(pos: Pos, name: str, label: str, question: str) -> int:
    """Return an amount that the cashier was asked for, in minor units; asks where it was not yet."""
    answers = pos.hooks.answers
    if name not in answers:
        raise Confirm(question, fields=(FieldSpec(name=name, label=label, kind="money", required=True),))
    return Money.parse(answers[name], pos.currency, name).minor


def open_shift(pos: Pos) -> str:
    """Open a shift with the float that was counted; proposes what the last close left."""
    left = pos.shifts.last().get("left")
    hint = "" if left is None else f"The last close left {plain(left, exponent(pos.currency))}"
    counted = amount_of(pos, "float", "Float", f"Count the float. {hint}".strip())
    pos.shifts.open(counted)
    return f"The shift is open with a float of {plain(counted, exponent(pos.currency))}"


def move(pos: Pos, kind: str, question: str) -> str:
    """Put cash in or take it out, with the reason."""
    answers = pos.hooks.answers
    reasons = pos.settings(TillSettings).reasons
    if "amount" not in answers:
        why = FieldSpec(name="reason", label="Reason", kind="choice" if reasons else "text", choices=reasons,
                        required=True)  # fmt: skip
        amount = FieldSpec(name="amount", label="Amount", kind="money", required=True)
        raise Confirm(question, fields=(amount, why))
    reason = answers.get("reason", "").strip()
    if not reason or (reasons and reason not in reasons):
        raise UserError("reason: it is missing or not on the list", "choose one", "reason")
    minor = Money.parse(answers["amount"], pos.currency, "amount").minor
    pos.shifts.move_cash(kind, minor, reason)
    return f"{plain(minor, exponent(pos.currency))}: {reason}"


def close_shift(pos: Pos) -> ShiftClosed:
    """Count the drawer and close the shift; the difference is booked, never refused for its size alone.

    Where the store counts by denomination, each is asked; blind: what is expected is not said before the count.
    Raises Veto where the difference is larger than this person may close with.
    """
    if not pos.shifts.current():
        raise UserError("no shift is open", "the first sale opens one", "shift")
    rules = pos.settings(TillSettings)
    answers = pos.hooks.answers
    if "left" not in answers:
        raise Confirm(*_asked(pos, rules), fields=_fields(rules))
    counted, count = _counted(pos, rules)
    left = Money.parse(answers["left"], pos.currency, "left").minor if answers["left"] else None
    _within(pos, rules, counted)
    return pos.shifts.close(counted, count=count, left=left, reason=answers.get("reason", ""))


def expected(pos: Pos) -> int:
    """Return the cash that should be in the drawer now (minor units)."""
    pos.journal.wait(pos.journal.raw.pos(), "kernel_till")
    return expected_cash(shift_figures(pos, pos.shifts.current()))


def _asked(pos: Pos, rules: TillSettings) -> tuple[str, str]:
    shown = "" if rules.blind else f"Expected {plain(expected(pos), exponent(pos.currency))}"
    return "Count the drawer", shown


def _fields(rules: TillSettings) -> tuple[FieldSpec, ...]:
    pieces = tuple(
        FieldSpec(name=f"piece {value}", label=f"{value} ×", kind="number", half=True) for value in rules.denominations
    )
    whole = () if pieces else (FieldSpec(name="counted", label="Counted", kind="money", required=True),)
    left = FieldSpec(
        name="left", label="Stays in the drawer", kind="money", help="The next float; the rest is taken out"
    )
    why = FieldSpec(name="reason", label="Note")
    return (*pieces, *whole, left, why)


def _counted(pos: Pos, rules: TillSettings) -> tuple[int, dict[str, int]]:
    """Return the sum in minor units and the pieces by denomination."""
    answers, digits = pos.hooks.answers, exponent(pos.currency)
    if not rules.denominations:
        return Money.parse(answers["counted"], pos.currency, "counted").minor, {}
    total, count = Decimal(0), {}
    for value in rules.denominations:
        text = answers.get(f"piece {value}", "").strip()
        pieces = decimal(text, f"piece {value}", 0) if text else Decimal(0)
        if pieces < 0:
            raise UserError(f"{value}: pieces cannot be negative", "count again", f"piece {value}")
        if pieces:
            count[f"{pos.currency} {value}"] = int(pieces)
            total += Decimal(value) * pieces
    return int(total.scaleb(digits)), count


def _within(pos: Pos, rules: TillSettings, counted: int) -> None:
    if rules.most_difference is None:
        return
    most = int(Decimal(rules.most_difference).scaleb(exponent(pos.currency)))
    if abs(counted - expected(pos)) > most and pos.permissions.reason(pos.actor, "till.exceed"):
        raise Veto(
            "the count differs by more than you may close with", "count again, or ask somebody who may", "counted"
        )
