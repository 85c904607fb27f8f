"""Stripe's books of a business day: its balance transactions of cards that were there in person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from genesis import Pos, StoreSettings
from genesis_stripe.gateway import Gateway, read, refusal
from genesis_terminals.compare import Booked, BooksNotRead

AROUND = timedelta(days=1)  # a capture can be late, and a business day ends in the night
IN_PERSON = {"card_present", "interac_present"}


def booked(pos: Pos, day: str) -> Iterator[Booked]:
    """Return what was captured and given back around a day; BooksNotRead where Stripe cannot be asked.

    https://docs.stripe.com/api/balance_transactions: `source` is the charge or the refund; its own amount counts, as
    the transaction's is in the currency of the account.
    """
    first = datetime.fromisoformat(day).replace(tzinfo=pos.clock.now().tzinfo)
    first += timedelta(hours=pos.settings(StoreSettings).cut_off_hour)
    start, end = first.timestamp(), (first + timedelta(days=1)).timestamp()
    span: Any = {"gte": int((first - AROUND).timestamp()), "lt": int((first + AROUND + AROUND).timestamp())}
    try:
        gateway = Gateway(pos, any_reader=True)
        rows: Any = gateway.client.v1.balance_transactions.list(
            {"created": span, "limit": 100, "expand": ["data.source"]}
        )
        for row in rows.auto_paging_iter():
            found = _movement(row, today=start <= row.created < end)
            if found is not None:
                yield found
    except Exception as error:
        raise BooksNotRead(refusal(error) or "Stripe cannot be asked now: try it again later") from error


def _movement(row: Any, *, today: bool) -> Booked | None:
    """Return what a balance transaction moved; None for fees, payouts and what was not paid in person."""
    source: Any = row.source
    attempt, payment = read(source, "metadata", "attempt") or "", read(source, "payment_intent") or ""
    if read(source, "object") == "charge":
        if read(source, "payment_method_details", "type") not in IN_PERSON:
            return None
        return Booked(attempt, payment, source.amount_captured, source.currency.upper(), today)
    if read(source, "object") == "refund":
        amount = -source.amount if row.amount < 0 else source.amount  # a refund that failed comes back
        return Booked(attempt, source.id if attempt else payment, amount, source.currency.upper(), today)
    return None
