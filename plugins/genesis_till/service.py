"""What a cashier does with the drawer: open, put in, take out, count, close."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from genesis import (
    TIPS,
    Confirm,
    FieldSpec,
    Money,
    Pos,
    ShiftClosed,
    UserError,
    decimal,
    expected_cash,
    exponent,
    foreign_cash,
    plain,
    shift_figures,
    worth,
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


def open_shift(pos: Pos) -> str:
    """Open a shift with the floats that were counted; proposes what the last close left."""
    answers, foreign = pos.hooks.answers, sorted(pos.shifts.foreign())
    if "float" not in answers:
        last = pos.shifts.last()
        left = {pos.currency: last.get("left"), **last.get("floats", {})}
        kept = ", ".join(f"{plain(x, exponent(c))} {c}" for c, x in left.items() if x or (x == 0 and c == pos.currency))
        hint = f"The last close left {kept}" if kept else ""
        question = f"Count the float. {hint}"
        more = (FieldSpec(name=f"float {currency}", label=f"Float {currency}", kind="number") for currency in foreign)
        home = FieldSpec(name="float", label="Float", kind="money", required=True)
        raise Confirm(question.strip(), fields=(home, *more))
    counted = Money.parse(answers["float"], pos.currency, "float").minor
    floats = {c: minor for c in foreign if (minor := _given(answers, f"float {c}", c)) is not None}
    pos.shifts.open(counted, floats)
    return f"The shift is open with a float of {plain(counted, exponent(pos.currency))}"


def _given(answers: Mapping[str, str], name: str, currency: str) -> int | None:
    """Return an amount that was typed, in minor units; None where none was."""
    text = answers.get(name, "").strip()
    return Money.parse(text, currency, name).minor if text else None


def drawer_of(pos: Pos) -> list[str]:
    """Return the currencies of the foreign cash that was in the drawer during this shift."""
    pos.journal.wait(pos.journal.raw.pos(), "kernel_till")
    return foreign_cash(shift_figures(pos, pos.shifts.current()))


def move(pos: Pos, kind: str, question: str) -> str:
    """Put cash in or take it out, with the reason."""
    answers = pos.hooks.answers
    reasons = pos.settings(TillSettings).reasons
    if "amount" not in answers:
        why = FieldSpec(name="reason", label="Reason", kind="choice" if reasons else "text", choices=reasons,
                        required=True)  # fmt: skip
        foreign = sorted(pos.shifts.foreign())
        amount = FieldSpec(name="amount", label="Amount", kind="number" if foreign else "money", required=True)
        which = (FieldSpec(name="currency", label="Currency", kind="choice", choices=(pos.currency, *foreign)),)
        raise Confirm(question, fields=(amount, *(which if foreign else ()), why))
    reason = answers.get("reason", "").strip()
    if not reason or (reasons and reason not in reasons):
        raise UserError("reason: it is missing or not on the list", "choose one", "reason")
    currency = answers.get("currency") or pos.currency
    if currency not in {pos.currency, *pos.shifts.foreign()}:
        raise UserError(f"currency: {currency[:20]} is not taken here", "choose one", "currency")
    minor = Money.parse(answers["amount"], currency, "amount").minor
    pos.shifts.move_cash(kind, minor, reason, currency)
    return f"{plain(minor, exponent(currency))} {currency}: {reason}"


def pay_out_tips(pos: Pos) -> str:
    """Take tips of this shift out of the drawer, at most what was given and not paid out yet."""
    pos.journal.wait(pos.journal.raw.pos(), "kernel_till")
    figures, digits = shift_figures(pos, pos.shifts.current()), exponent(pos.currency)
    left = sum(amount for key, (_, amount) in figures.items() if key.startswith("tip:") or key == "tips_out")
    if "amount" not in pos.hooks.answers:
        field = FieldSpec(name="amount", label="Amount", kind="money", required=True)
        raise Confirm(f"Tips of this shift that are not paid out: {plain(left, digits)}", fields=(field,))
    minor = Money.parse(pos.hooks.answers["amount"], pos.currency, "amount").minor
    if minor > left:
        raise UserError("amount: it is more than the tips that are left", f"at most {plain(left, digits)}", "amount")
    pos.shifts.move_cash("paid_out", minor, TIPS)
    return f"{plain(minor, digits)} of tips paid out"


def close_shift(pos: Pos) -> ShiftClosed:
    """Count the drawer and close the shift; the difference is booked, never refused for its size alone.

    Where the store counts by denomination, each is asked; blind: what is expected is not said before the count.
    Refused, or approved by somebody else, where the difference is larger than this person may close with.
    """
    if not pos.shifts.current():
        raise UserError("no shift is open", "the first sale opens one", "shift")
    rules = pos.settings(TillSettings)
    answers = pos.hooks.answers
    if "left" not in answers:
        raise Confirm(*_asked(pos, rules), fields=_fields(rules, drawer_of(pos)))
    counted, count = _counted(pos, rules)
    left = _given(answers, "left", pos.currency)
    foreign = {c: (_counted_of(answers, c), _given(answers, f"left {c}", c)) for c in drawer_of(pos)}
    _within(pos, rules, {pos.currency: counted} | {c: found for c, (found, _) in foreign.items()})
    return pos.shifts.close(counted, count=count, left=left, reason=answers.get("reason", ""), foreign=foreign)


def _counted_of(answers: Mapping[str, str], currency: str) -> int:
    """Return the foreign cash that was counted (its minor units); UserError where nothing was said of it."""
    minor = _given(answers, f"counted {currency}", currency)
    if minor is None:
        raise UserError(
            f"{currency} was in the drawer and is not counted", "count it; 0 for none", f"counted {currency}"
        )
    return minor


def expected(pos: Pos, currency: str = "") -> int:
    """Return the cash that should be in the drawer now (minor units); of foreign cash by its currency."""
    pos.journal.wait(pos.journal.raw.pos(), "kernel_till")
    return expected_cash(shift_figures(pos, pos.shifts.current()), currency)


def _asked(pos: Pos, rules: TillSettings) -> tuple[str, str]:
    amounts = [plain(expected(pos), exponent(pos.currency))]
    amounts += [f"{plain(expected(pos, c), exponent(c))} {c}" for c in drawer_of(pos)]
    shown = ", ".join(amounts)
    todo = [f"{section.title}: " + ", ".join(f"{label} {text}" for label, text in section.rows)
            for section in pos.shifts.x_report() if section.todo]  # fmt: skip
    return "Count the drawer", ". ".join([*todo, *(() if rules.blind else (f"Expected {shown}",))])


def _fields(rules: TillSettings, foreign: list[str]) -> tuple[FieldSpec, ...]:
    pieces = tuple(
        FieldSpec(name=f"piece {value}", label=f"{value} ×", kind="number", half=True) for value in rules.denominations
    )
    whole = () if pieces else (FieldSpec(name="counted", label="Counted", kind="money", required=True),)
    left = FieldSpec(
        name="left", label="Stays in the drawer", kind="money", help="The next float; the rest is taken out"
    )
    others = [
        field
        for currency in foreign
        for field in (
            FieldSpec(name=f"counted {currency}", label=f"Counted {currency}", kind="number", required=True, half=True),
            FieldSpec(name=f"left {currency}", label=f"Stays: {currency}", kind="number", half=True),
        )
    ]
    why = FieldSpec(name="reason", label="Note")
    return (*pieces, *whole, left, *others, why)


def _counted(pos: Pos, rules: TillSettings) -> tuple[int, dict[str, int]]:
    """Return the sum in minor units and the pieces by denomination."""
    answers, digits = pos.hooks.answers, exponent(pos.currency)
    if not rules.denominations:
        return Money.parse(answers.get("counted", ""), pos.currency, "counted").minor, {}
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


def _within(pos: Pos, rules: TillSettings, counted: Mapping[str, int]) -> None:
    """Refuse a difference above the limit, each currency by itself; foreign cash counts by what it is worth now."""
    if rules.most_difference is None:
        return
    most = int(Decimal(rules.most_difference).scaleb(exponent(pos.currency)))
    taken, too_much = pos.shifts.foreign(), False
    for currency, minor in counted.items():
        home = currency == pos.currency
        differs = abs(minor - expected(pos, "" if home else currency))
        if not home and currency in taken:
            differs = worth(differs, currency, taken[currency].rate, pos.currency)
        too_much = too_much or differs > most or bool(differs and not home and currency not in taken)
    if too_much:
        pos.permissions.require("till.exceed", why="the count differs by more than you may close with")
