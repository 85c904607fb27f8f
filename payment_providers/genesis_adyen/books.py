"""Adyen's books of a day: its Payment accounting report, a CSV file that it makes in the night."""

from __future__ import annotations

import csv
import http.client
import io
import re
import ssl
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from genesis import Pos
from genesis_adyen.messages import minor
from genesis_adyen.models import AdyenSettings
from genesis_adyen.wire import CONNECT, LOOPBACK
from genesis_terminals.compare import Booked, BooksNotRead

SECONDS = 60.0
MOST = 64 * 1024 * 1024  # bytes of a report
MOVED = {"SentForSettle", "SentForRefund", "CaptureFailed", "RefundFailed"}  # entries that take or give a card's money
NEEDED = ("psp_reference", "merchant_reference", "record_type", "payment_currency", "captured_pc")


def booked(pos: Pos, day: str) -> Iterator[Booked]:
    """Return what was taken and given back around a day; BooksNotRead where its report cannot be had.

    https://docs.adyen.com/reporting/invoice-reconciliation/payment-accounting-report: one entry a change of state;
    "Captured (PC)" is what it moved (major units, negative: back). "Modification Merchant Reference" is our name of a
    refund or a capture, "Merchant Reference" that of the payment. The day is that of the account's time zone.
    """
    rules, when = pos.settings(AdyenSettings), date.fromisoformat(day)
    for away in (0, -1, 1):
        text = _report(rules, when + timedelta(days=away))
        if text is None:
            if away == 0:
                raise BooksNotRead(f"Adyen has no report of {day} yet: it is made in the following night")
            continue
        yield from _entries(text, today=away == 0)


def _entries(text: str, *, today: bool) -> Iterator[Booked]:
    table = csv.DictReader(io.StringIO(text))
    table.fieldnames = [re.sub(r"\W+", "_", name.lower()).strip("_") for name in table.fieldnames or ()]
    missing = [name for name in NEEDED if name not in table.fieldnames]
    if missing:
        raise BooksNotRead(f"Adyen's report lacks the column {missing[0]}: add it in the Customer Area")
    for row in table:
        if row["record_type"] not in MOVED or not row["captured_pc"]:
            continue
        currency = row["payment_currency"]
        attempt = row.get("modification_merchant_reference") or row["merchant_reference"]
        try:
            amount = minor(Decimal(row["captured_pc"]), currency)
        except (InvalidOperation, ValueError, TypeError) as error:
            raise BooksNotRead(f"Adyen's report cannot be read: {row['captured_pc'][:20]!r} is no amount") from error
        yield Booked(attempt, row["psp_reference"], amount, currency, today)


def _report(rules: AdyenSettings, day: date) -> str | None:
    """Return the report of a day; None where Adyen has none."""
    base = urlsplit(_base(rules))
    path = f"/reports/download/MerchantAccount/{rules.merchant}/payments_accounting_report_{day:%Y_%m_%d}.csv"
    if base.scheme == "http":
        line: http.client.HTTPConnection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=CONNECT)
    else:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        line = http.client.HTTPSConnection(base.hostname or "", base.port, timeout=CONNECT, context=context)
    try:
        line.connect()
        if line.sock is not None:
            line.sock.settimeout(SECONDS)
        line.request("GET", path, headers={"X-API-Key": rules.report_key})
        answer = line.getresponse()
        data = answer.read(MOST + 1)
    except (OSError, http.client.HTTPException) as error:
        raise BooksNotRead("Adyen's reports cannot be reached now: try it again later") from error
    finally:
        line.close()
    if answer.status == 404:
        return None
    if answer.status in {401, 403}:
        raise BooksNotRead("Adyen refused the key of the report user: check adyen.report_key and its role")
    if answer.status != 200 or len(data) > MOST:
        raise BooksNotRead(f"Adyen's reports cannot be read now ({answer.status}): try it again later")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BooksNotRead("Adyen's report is no CSV in UTF-8: set that form in the Customer Area") from error


def _base(rules: AdyenSettings) -> str:
    if not re.fullmatch(r"[\w.-]+", rules.merchant):
        raise BooksNotRead("adyen.merchant is not set: its reports are named by it")
    if rules.reports_address:
        if urlsplit(rules.reports_address).hostname not in LOOPBACK or rules.environment != "test":
            raise BooksNotRead(
                "adyen.reports_address: only a service on this machine may stand in, in the test environment"
            )
        return rules.reports_address
    return f"https://ca-{'test' if rules.environment == 'test' else 'live'}.adyen.com"
