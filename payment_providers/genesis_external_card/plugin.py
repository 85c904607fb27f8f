"""Answers `payment_methods` with a terminal that knows nothing of the till, and prints what was noted of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from genesis import (
    Action,
    Block,
    Cart,
    Confirm,
    Done,
    Fact,
    FieldSpec,
    Guard,
    PaymentMethod,
    Pos,
    Projection,
    Report,
    ReportSection,
    Row,
    SaleCompleted,
    Slip,
    Tender,
    UserError,
    exponent,
    hookimpl,
    plain,
)
from genesis_external_card import batches
from genesis_external_card.models import BATCHES, ME, BatchClosed

REFERENCE = re.compile(r"[A-Za-z0-9/._ -]{1,40}", re.ASCII)
LAST4 = re.compile(r"[0-9]{4}", re.ASCII)
AUTH = re.compile(r"[A-Za-z0-9]{2,12}", re.ASCII)
LABELS = {"brand": "Card", "last4": "Number", "auth": "Authorisation", "entry": "Read by", "terminal": "Terminal"}


class ExternalCardSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is noted of a slip, and when a signature is asked for."""

    brands: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=30)], ...], Meta(title="Kinds of card to choose from")
    ] = ()
    ask_details: Annotated[bool, Meta(title="Ask for card, last four digits and authorisation")] = False
    signature: Annotated[bool, Meta(title="A line to sign on the receipt")] = False
    check_signature: Annotated[
        bool, Meta(title="Ask whether the slip is signed", description="Then the cashier says whether it is right")
    ] = False
    terminals: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=30)], ...],
        Meta(title="Terminals", description="Where one register has several; each has a batch of its own"),
    ] = ()
    batches: Annotated[
        bool, Meta(title="The terminal is closed each day", description="Its totals are compared with the receipts")
    ] = False


class Terminal:
    """The terminal on the counter. Never more of a card than its last four digits."""

    id = ME
    title = "Card"
    icon = "credit-card"
    cash = False
    tips = "till"

    def slip(self, pos: Pos, cart: Cart, amount: int) -> Slip:
        """Ask whether the terminal approved this amount, and for the reference on its slip."""
        answers = pos.hooks.answers
        if "reference" not in answers:
            shown = f"{plain(abs(amount), exponent(cart.currency))} {cart.currency}"
            what = f"Key {shown} into the terminal" if amount > 0 else f"Give {shown} back at the terminal"
            raise Confirm(what, "Go on when it says approved", fields=_fields(pos.settings(ExternalCardSettings)))
        reference = _checked(answers, "reference", REFERENCE, "as it stands on the slip")
        last4 = _checked(answers, "last4", LAST4, "the last four digits alone", needed=False)
        auth = _checked(answers, "auth", AUTH, "2 to 12 letters and digits", needed=False)
        chosen = {name: answers.get(name, "").strip()[:30] for name in ("brand", "entry")}
        details = {"brand": chosen["brand"], "last4": last4, "auth": auth, "entry": chosen["entry"],
                   "terminal": answers.get("terminal", "").strip()[:30],
                   "signature": "asked" if amount > 0 and answers.get("signed") else ""}  # fmt: skip
        return Slip(reference=reference, details={name: text for name, text in details.items() if text})

    def guards(self, pos: Pos, tender: Tender) -> Sequence[Guard]:
        """None: what the terminal took it has taken."""
        return ()


def _fields(rules: ExternalCardSettings) -> tuple[FieldSpec, ...]:
    reference = FieldSpec(name="reference", label="Reference on the slip", required=True)
    which = FieldSpec(name="terminal", label="Terminal", kind="choice", choices=rules.terminals, required=True)
    signed = FieldSpec(name="signed", label="The slip has to be signed", kind="yesno")
    more = (which,) * bool(rules.terminals), (signed,) * rules.check_signature
    if not rules.ask_details:
        return (*more[0], reference, *more[1])
    brand = FieldSpec(
        name="brand", label="Card", kind="choice" if rules.brands else "text", choices=rules.brands, half=True
    )
    return (
        *more[0],
        reference,
        brand,
        FieldSpec(name="last4", label="Last four digits", half=True),
        FieldSpec(name="auth", label="Authorisation", half=True),
        FieldSpec(name="entry", label="Read by", kind="choice", choices=("chip", "contactless", "stripe"), half=True),
        *more[1],
    )


def _checked(answers: Mapping[str, str], name: str, pattern: re.Pattern[str], rule: str, *, needed: bool = True) -> str:
    text = answers.get(name, "").strip()
    if not text and not needed:
        return ""
    if not pattern.fullmatch(text):
        raise UserError(f"{name}: {text[:20]!r} is not what stands on a slip", f"give {rule}", name)
    if sum(char.isdigit() for char in text) > 12:
        raise UserError(f"{name}: this may be a card number", "never note a card number", name)
    return text


def _close(pos: Pos) -> Done:
    return batches.close(pos, pos.settings(ExternalCardSettings).terminals)


class ExternalCardPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Kinds of card, details, signature."""
        return ExternalCardSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """A terminal was closed."""
        return [BatchClosed]

    @hookimpl
    def projections(self) -> list[Projection]:
        """What terminals took since their last close."""
        return [BATCHES]

    @hookimpl
    def actions(self, pos: Pos) -> list[Action] | None:
        """To close the terminal, where the store does that."""
        if not pos.settings(ExternalCardSettings).batches:
            return None
        return [Action(id="external_card.batch", title="Close the card terminal", run=_close, permission="till.close",
                       icon="credit-card")]  # fmt: skip

    @hookimpl
    def closing_sections(self, pos: Pos) -> list[ReportSection] | None:
        """What is not closed at its terminal."""
        return batches.sections(pos) if pos.settings(ExternalCardSettings).batches else None

    @hookimpl
    def reports(self) -> list[Report]:
        """The closes."""
        return [batches.report()]

    @hookimpl
    def payment_methods(self) -> list[PaymentMethod]:
        """One: the terminal."""
        return [Terminal()]

    @hookimpl
    def receipt_blocks(self, pos: Pos, sale: SaleCompleted) -> list[Block] | None:
        """Put what was noted of each slip on the receipt, and a line to sign where the store wants it."""
        rows: list[Row] = []
        for tender in sale.tenders:
            if tender.method == Terminal.id:
                rows.append(("small", f"Card slip {tender.reference}", plain(tender.tendered, exponent(sale.currency))))
                shown = [(LABELS[name], text) for name, text in tender.details.items() if name in LABELS]
                rows += [("small", f"  {label}", text) for label, text in shown]
        if rows and pos.settings(ExternalCardSettings).signature:
            rows += [("text", "", ""), ("rule", "", ""), ("small", "Signature", "")]
        return [Block(slot="footer", rows=tuple(rows), order=20)] if rows else None


plugin = ExternalCardPlugin()
