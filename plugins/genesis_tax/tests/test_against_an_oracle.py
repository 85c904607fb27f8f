"""The engine against a slow second opinion: decimals with 90 digits, taxes applied one after the other, no algebra."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import assume, example, given, settings, strategies as st

from genesis import UserError
from genesis_tax.discounts import Discount, price
from genesis_tax.engine import Document, Scope, compute, spread
from genesis_tax.formula import Line, Mode, Tax

ROUNDINGS = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
}
CONTEXT = decimal.Context(prec=90)
STEPS = [Decimal(text) for text in ("0.000001", "0.001", "0.01", "0.03", "0.05", "0.1", "1", "7", "1000")]

scopes = st.sampled_from(get_args(Scope))
modes = st.sampled_from(list(ROUNDINGS))
steps = st.sampled_from(STEPS)
rates = st.sampled_from([Decimal(text) for text in ("0", "5", "7", "8.25", "10", "16", "20", "25.5", "-20", "0.65")])
taxes = st.builds(
    Tax,
    type=st.sampled_from(["percent", "percent", "fixed", "division"]),
    rate=rates,
    amount=st.sampled_from([Decimal(text) for text in ("0", "0.10", "1", "0.125", "-0.5")]),
    included=st.booleans(),
    affects_next=st.booleans(),
    affected_by_previous=st.booleans(),
)
lines = st.builds(
    lambda qty, unit, kinds, step: Line(Fraction(qty, 1000) * Fraction(unit) / Fraction(step), qty, tuple(kinds)),
    st.one_of(st.integers(-20, 20).map(lambda n: n * 1000), st.integers(-30_000, 30_000)),
    st.decimals(0, 500, places=2),
    st.lists(taxes, max_size=4),
    st.just(Decimal("0.01")),
)
documents = st.lists(lines, min_size=1, max_size=6)
quick = settings(max_examples=150, deadline=None)


def dec(value: Any) -> Decimal:
    exact = Fraction(value)
    return CONTEXT.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def total(values: list[Decimal]) -> Decimal:
    whole = Decimal(0)
    for value in values:
        whole = CONTEXT.add(whole, value)
    return whole


def rounded(value: Decimal, mode: str) -> int:
    clean = value.quantize(Decimal("1e-40"), decimal.ROUND_HALF_EVEN, CONTEXT)
    return int(clean.quantize(Decimal(1), ROUNDINGS[mode], CONTEXT))


def on_top_of(net: Decimal, line: Line, step: Decimal) -> list[Decimal]:
    """What each tax comes to when B is `net`: the rules, step by step."""
    found: list[Decimal] = []
    block: list[int] = []  # places of the divisions that share one price
    for place, tax in enumerate(line.taxes):
        base = net
        for earlier in range(place):
            if tax.affected_by_previous and line.taxes[earlier].affects_next:
                base = CONTEXT.add(base, found[earlier])
        if tax.type == "fixed":
            found.append(CONTEXT.multiply(dec(Fraction(tax.amount) / Fraction(step)), dec(Fraction(line.qty, 1000))))
        elif tax.type == "percent":
            found.append(CONTEXT.multiply(base, dec(Fraction(tax.rate) / 100)))
        else:
            block = block if block and joins(line.taxes, block, place) else []
            block = [*block, place]
            found.append(Decimal(0))
            share = dec(1 - sum(Fraction(line.taxes[other].rate) for other in block) / 100)
            whole = CONTEXT.divide(base, share)
            for other in block:
                found[other] = CONTEXT.multiply(whole, dec(Fraction(line.taxes[other].rate) / 100))
            continue
        block = []
    return found


def joins(kinds: tuple[Tax, ...], block: list[int], place: int) -> bool:
    new = kinds[place]
    first = kinds[block[0]]
    untouched = not (new.affected_by_previous and any(kinds[other].affects_next for other in block))
    raised = any(
        kinds[other].affects_next and (kinds[other].amount if kinds[other].type == "fixed" else kinds[other].rate)
        for other in range(block[0])
    )
    same_base = not raised or new.affected_by_previous == first.affected_by_previous
    return new.included == first.included and untouched and same_base


def holds(line: Line, tax: Tax) -> bool:
    return line.holds == "gross" or (line.holds == "price" and tax.included)


def solved(amount: Decimal, line: Line, step: Decimal) -> list[Decimal]:
    """The taxes of a line whose amount is given: two trials of B, and the straight line through them."""

    def amount_for(net: Decimal) -> Decimal:
        found = on_top_of(net, line, step)
        return total([net, *(t for t, tax in zip(found, line.taxes, strict=True) if holds(line, tax))])

    at_zero, at_one = amount_for(Decimal(0)), amount_for(Decimal(1))
    slope = CONTEXT.subtract(at_one, at_zero)
    return on_top_of(CONTEXT.divide(CONTEXT.subtract(amount, at_zero), slope), line, step)


def computed(document: list[Line], scope: Scope, mode: Mode, step: Decimal) -> Document:
    try:
        return compute(document, scope, mode, step)
    except UserError:
        assume(False)
        raise


def check_adds_up(lines: list[Line], document: Document) -> None:
    for line, figures in zip(lines, document.lines, strict=True):
        assert figures.net + figures.tax == figures.gross
        assert sum(tax.amount for tax in figures.taxes) == figures.tax
        for place, (tax, figure) in enumerate(zip(line.taxes, figures.taxes, strict=True)):
            before = zip(line.taxes[:place], figures.taxes[:place], strict=True)
            raised = sum(other.amount for kind, other in before if kind.affects_next and tax.affected_by_previous)
            assert figure.base == figures.net + raised
    assert document.net + document.tax == document.total
    assert sum(figures.net for figures in document.lines) == document.net
    assert sum(figures.tax for figures in document.lines) == document.tax
    assert sum(figures.gross for figures in document.lines) == document.total
    assert sum(row.amount for row in document.taxes) == document.tax
    bases = sum(tax.base for figures in document.lines for tax in figures.taxes)
    assert sum(row.base for row in document.taxes) == bases


@quick
@given(documents, modes, steps)
def test_line_scope(document: list[Line], mode: Mode, step: Decimal) -> None:
    result = computed(document, "line", mode, step)
    check_adds_up(document, result)
    for line, figures in zip(document, result.lines, strict=True):
        amount = rounded(dec(line.amount), mode)
        expected = [rounded(tax, mode) for tax in solved(Decimal(amount), line, step)]
        assert [tax.amount for tax in figures.taxes] == expected
        inside = [tax for tax, kind in zip(expected, line.taxes, strict=True) if kind.included]
        assert figures.net == amount - sum(inside)


@quick
@given(documents, st.sampled_from(["document", "total_first"]), modes, steps)
def test_document_scopes(document: list[Line], scope: Scope, mode: Mode, step: Decimal) -> None:
    result = computed(document, scope, mode, step)
    check_adds_up(document, result)
    exact = [solved(dec(line.amount), line, step) for line in document]
    sums: dict[tuple[Tax, int], Decimal] = {}
    for line, found in zip(document, exact, strict=True):
        for place, (tax, amount) in enumerate(zip(line.taxes, found, strict=True)):
            key = (tax, line.taxes[:place].count(tax))
            sums[key] = CONTEXT.add(sums.get(key, Decimal(0)), amount)
    assert [row.amount for row in result.taxes] == [rounded(amount, mode) for amount in sums.values()]
    prices = dec(sum(line.amount for line in document))
    on_top = [
        t
        for line, found in zip(document, exact, strict=True)
        for t, k in zip(found, line.taxes, strict=True)
        if not k.included
    ]
    if scope == "total_first":
        assert result.total == rounded(total([prices, *on_top]), mode)
    else:
        top = sum(rounded(amount, mode) for (tax, _), amount in sums.items() if not tax.included)
        assert result.total == rounded(prices, mode) + top
    for found, figures in zip(exact, result.lines, strict=True):
        for amount, figure in zip(found, figures.taxes, strict=True):
            assert abs(amount - figure.amount) < 1 + Decimal("1e-30")


@quick
@given(documents, scopes, modes, steps)
def test_a_return_mirrors_the_sale(document: list[Line], scope: Scope, mode: Mode, step: Decimal) -> None:
    result = computed(document, scope, mode, step)
    mirror = compute([Line(-line.amount, -line.qty, line.taxes) for line in document], scope, mode, step)
    assert [(-f.net, -f.tax, -f.gross) for f in mirror.lines] == [(f.net, f.tax, f.gross) for f in result.lines]
    assert [(-row.base, -row.amount) for row in mirror.taxes] == [(row.base, row.amount) for row in result.taxes]


@quick
@given(documents, scopes, modes, steps, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(
    document: list[Line], scope: Scope, mode: Mode, step: Decimal, rng: Any
) -> None:
    result = computed(document, scope, mode, step)
    shuffled = list(document)
    rng.shuffle(shuffled)
    other = compute(shuffled, scope, mode, step)
    assert (other.net, other.tax, other.total) == (result.net, result.tax, result.total)


@quick
@given(documents, st.sampled_from(["document", "total_first"]), modes, steps)
def test_a_document_scope_does_not_care_how_lines_are_cut(
    document: list[Line], scope: Scope, mode: Mode, step: Decimal
) -> None:
    halves = [Line(Fraction(line.amount) / 2, line.qty, line.taxes) for line in document for _ in range(2)]
    whole = [Line(line.amount, line.qty * 2, line.taxes) for line in document]
    result, cut = computed(whole, scope, mode, step), compute(halves, scope, mode, step)
    assert (cut.net, cut.total) == (result.net, result.total)
    assert [row.amount for row in cut.taxes] == [row.amount for row in result.taxes]


@quick
@given(lines, st.permutations(range(4)), modes, steps)
def test_taxes_that_leave_each_other_alone_may_stand_in_any_order(
    line: Line, order: list[int], mode: Mode, step: Decimal
) -> None:
    apart = tuple(Tax(tax.type, tax.rate, tax.amount, tax.included) for tax in line.taxes if tax.type != "division")
    shuffled = tuple(apart[place] for place in order if place < len(apart))
    one = computed([Line(line.amount, line.qty, apart)], "line", mode, step).lines[0]
    two = compute([Line(line.amount, line.qty, shuffled)], "line", mode, step).lines[0]
    assert (one.net, one.tax, one.gross) == (two.net, two.tax, two.gross)


@quick
@given(
    documents,
    scopes,
    modes,
    steps,
    st.lists(st.tuples(st.sampled_from(["net", "gross"]), st.decimals(0, 100, places=1)), max_size=3),
)
def test_each_discount_leaves_exactly_what_it_says(
    document: list[Line], scope: Scope, mode: Mode, step: Decimal, cuts: list[tuple[Any, Decimal]]
) -> None:
    computed(document, scope, mode, step)
    done: list[Discount] = []
    for on, cut in cuts:
        before = whole_after(document, done, scope, mode, step)
        done.append(Discount(on, percent=cut))
        after = whole_after(document, done, scope, mode, step)
        parts = price(document, done, scope, mode, step).parts[-1]
        check_adds_up([Line(0, 0, line.taxes) for line in document], after)
        was = getattr(before, "total" if on == "gross" else "net")
        left = rounded(dec(was * (1 - Fraction(cut) / 100)), mode)
        assert sum(parts) == was - left
        if on == "gross":
            assert after.total == left
        elif scope != "total_first":
            assert after.net == left
        for part, figures in zip(parts, before.lines, strict=True):
            weight = getattr(figures, on)
            assert 0 <= part <= weight or weight <= part <= 0


def whole_after(document: list[Line], cuts: list[Discount], scope: Scope, mode: Mode, step: Decimal) -> Document:
    try:
        return price(document, cuts, scope, mode, step).document
    except UserError:
        assume(False)
        raise


@quick
@given(documents, scopes, modes, st.integers(0, 10**6))
def test_an_amount_off_gross_is_off_the_total(document: list[Line], scope: Scope, mode: Mode, amount: int) -> None:
    step = Decimal("0.01")
    before = computed(document, scope, mode, step)
    discount = Discount("gross", amount=amount if before.total >= 0 else -amount)
    if amount > abs(before.total):
        with pytest.raises(UserError, match=r"^discounts\[0\].amount: "):
            price(document, [discount], scope, mode, step)
    else:
        after = whole_after(document, [discount], scope, mode, step)
        assert after.total == before.total - discount.amount
        mirror = [Line(-line.amount, -line.qty, line.taxes) for line in document]
        back = price(mirror, [Discount("gross", amount=-discount.amount)], scope, mode, step).document
        assert [-figures.gross for figures in back.lines] == [figures.gross for figures in after.lines]


@quick
@given(st.lists(st.fractions(-100, 100, max_denominator=50), min_size=1, max_size=8), modes)
@example([Fraction(1, 2)] * 3, "half_up")
@example([Fraction(1, 2), Fraction(-1, 2)], "half_up")
def test_spreading_sums_and_stays_beside_each_share(shares: list[Fraction], mode: Mode) -> None:
    total = rounded(dec(sum(shares)), mode)
    parts = spread(total, shares)
    assert sum(parts) == total
    for share, part in zip(shares, parts, strict=True):
        assert abs(part - share) < 1
        assert part == share or share.denominator != 1
    raised = [share - part for share, part in zip(shares, parts, strict=True) if part > share]
    kept = [share - part for share, part in zip(shares, parts, strict=True) if part <= share]
    if total >= 0 and raised and kept:  # who was raised had a remainder at least as large as who was not
        assert min(rest + 1 for rest in raised) >= max(kept)
    assert spread(-total, [-share for share in shares]) == [-part for part in parts]


@pytest.mark.parametrize(
    ("total", "weights", "parts"), [(299, (4300, 1400, 2300), [161, 52, 86]), (2, (1, 1, 1), [1, 1, 0])]
)
def test_largest_remainder_by_hand(total: int, weights: tuple[int, ...], parts: list[int]) -> None:
    assert spread(total, [Fraction(total * weight, sum(weights)) for weight in weights]) == parts


@pytest.mark.parametrize(
    "bad",
    [
        (Tax("percent", rate=Decimal(-100), included=True),),
        (Tax("division", rate=Decimal(60)), Tax("division", rate=Decimal(40))),
        (Tax("division", rate=Decimal(100), included=True),),
    ],
)
def test_taxes_without_an_answer_are_refused_by_line(bad: tuple[Tax, ...]) -> None:
    with pytest.raises(UserError, match=r"^lines\[1\].taxes: ") as caught:
        compute([Line(100, 1000), Line(100, 1000, bad)], "document", "half_up", Decimal("0.01"))
    assert caught.value.field == "lines[1].taxes"
