"""What a terminal's answer means for an attempt, and what of it may be kept."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

from genesis import Attempt, Outcome, slip_fields
from genesis_adyen.messages import Body, at, minor

GIVEN_UP = {"Aborted", "Cancel"}
NOT_DONE = {"Busy", "DeviceOut", "UnavailableDevice", "UnavailableService", "LoggedOut", "NotAllowed", "MessageFormat",
            "InsertedCard", "NotFound"}  # fmt: skip
OPEN = {"InProgress"}
READ_BY = {"ICC": "chip", "Contactless": "contactless", "Tapped": "contactless", "SynchronousICC": "chip",
           "MagStripe": "magnetic stripe", "Keyed": "keyed"}  # fmt: skip
BRANDS = {
    "mc": "Mastercard",
    "amex": "Amex",
    "cup": "UnionPay",
    "jcb": "JCB",
}  # others read well as they are
SEPARATOR = "@"  # between the id of a payment at the terminal and its time; a refund must name both


def paid(attempt: Attempt, answer: Body, *, held: bool = False, over: int = 0) -> Outcome | None:
    """Return what a PaymentResponse means; None while it is under way. ValueError where it cannot be true.

    held: it was asked for as a pre-authorisation, whose money is captured later; over: percent of it that may be
    captured on top.
    """
    result = at(answer, "Response", "Result")
    if result not in {"Success", "Partial"}:
        return _refused(answer)
    amounts = at(answer, "PaymentResult", "AmountsResp")
    if at(amounts, "Currency") != attempt.currency:
        raise ValueError("the terminal charged in another currency")
    if at(answer, "SaleData", "SaleTransactionID", "TransactionID") != attempt.id:
        raise ValueError("the terminal answered about another payment")
    amount = minor(at(amounts, "AuthorizedAmount"), attempt.currency)
    told = at(amounts, "TipAmount")
    tip = attempt.tip if told is None and amount == attempt.amount else minor(told or 0, attempt.currency)
    state: Any = "approved" if amount - tip == attempt.amount - attempt.tip else "partial"
    return Outcome(state=state, amount=amount, tip=tip, reference=reference(answer), details=_slip(answer),
                   most=amount + amount * over // 100 if held else 0)  # fmt: skip


def given_back(attempt: Attempt, answer: Body) -> Outcome | None:
    """Return what a ReversalResponse means; None while it is under way."""
    if at(answer, "Response", "Result") != "Success":
        return _refused(answer)
    amount = at(answer, "ReversedAmount")
    if amount is not None and minor(amount, attempt.currency) != -attempt.amount:
        raise ValueError(f"the terminal gave back {amount}")
    return Outcome(state="approved", amount=attempt.amount, reference=reference(answer))


def reference(answer: Body) -> str:
    """Return how a payment is named when it is given back: its id at the terminal and its time."""
    found = at(answer, "POIData", "POITransactionID")
    name, when = at(found, "TransactionID"), at(found, "TimeStamp")
    return f"{name}{SEPARATOR}{when}" if isinstance(name, str) and isinstance(when, str) else ""


def psp_of(reference: str) -> str:
    """Return what Adyen calls a payment, which stands behind the terminal's own number; "" where it does not."""
    return reference.partition(SEPARATOR)[0].partition(".")[2]


def _refused(answer: Body) -> Outcome | None:
    """Return what a Failure means: it says that no money moved."""
    if at(answer, "Response", "Result") != "Failure":
        raise ValueError("the terminal's answer has no result")
    condition = str(at(answer, "Response", "ErrorCondition") or "Refusal")
    if condition in OPEN:
        return None
    state: Any = "cancelled" if condition in GIVEN_UP else "failed" if condition in NOT_DONE else "declined"
    told = _more(answer).get("message") or _more(answer).get("refusalReason") or condition
    return Outcome(state=state, reason=re.sub(r"[^\w .,:()/-]", " ", told)[:120])


def _more(answer: Body) -> dict[str, str]:
    """Return the additional response, which is spelled like a query; anything else is left out."""
    text = at(answer, "Response", "AdditionalResponse")
    found = parse_qs(text, max_num_fields=200) if isinstance(text, str) and "=" in text and len(text) < 20_000 else {}
    return {name: values[0] for name, values in found.items()}


def _signs(answer: Body) -> bool:
    """Tell whether one of the terminal's receipts has to be signed."""
    receipts = at(answer, "PaymentReceipt")
    return isinstance(receipts, list) and any(at(one, "RequiredSignatureFlag") is True for one in receipts)


def _slip(answer: Body) -> dict[str, str]:
    result, more = at(answer, "PaymentResult"), _more(answer)
    card = at(result, "PaymentInstrumentData", "CardData")
    entry, brand = at(card, "EntryMode"), str(at(card, "PaymentBrand") or "")
    masked = str(at(card, "MaskedPan") or "")
    return slip_fields({
        "brand": BRANDS.get(brand, brand.replace("_", " ").title()),
        "last4": masked[-4:] if re.search(r"[^\d]\D*\d{4}$", masked) else more.get("cardSummary"),
        "entry": READ_BY.get(entry[0] if isinstance(entry, list) and entry else "", ""),
        "app": more.get("applicationPreferredName") or more.get("applicationLabel"), "aid": more.get("AID"),
        "auth": at(result, "PaymentAcquirerData", "ApprovalCode") or more.get("authCode"),
        "signature": "asked" if _signs(answer) else "",
    })  # fmt: skip
