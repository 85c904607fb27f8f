"""The Payment accounting report of a day, made from a counterpart's ledger in the form that Adyen publishes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

KEY, MERCHANT = "report-test-key", "TestStore"
COLUMNS = (
    "Company Account", "Merchant Account", "Psp Reference", "Merchant Reference", "Payment Method", "Booking Date",
    "TimeZone", "Main Currency", "Main Amount", "Record Type", "Payment Currency", "Received (PC)", "Authorized (PC)",
    "Captured (PC)", "Settlement Currency", "Payable (SC)", "Commission (SC)", "Markup (SC)", "Scheme Fees (SC)",
    "Interchange (SC)", "Processing Fee Currency", "Processing Fee (FC)", "User Name", "Payment Method Variant",
    "Modification Merchant Reference",
)  # fmt: skip
TAKEN, BACK, HELD = {"charged", "captured"}, {"voided", "refunded"}, {"authorised"}


def report(rows: Iterable[dict[str, Any]], target: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Return status and body for a report that is asked for by its name."""
    shape = rf"/reports/download/MerchantAccount/{MERCHANT}/payments_accounting_report_(\d{{4}})_(\d\d)_(\d\d)\.csv"
    found = re.fullmatch(shape, target)
    if headers.get("x-api-key") != KEY:
        return 401, b""
    booked = [row for row in rows if found and row["day"] == "-".join(found.groups())]
    if not booked:
        return 404, b""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    for row in booked:
        table.writerows(_entries(row))
    return 200, out.getvalue().encode()


def _entries(row: dict[str, Any]) -> list[dict[str, str]]:
    base = {"Company Account": "Test", "Merchant Account": MERCHANT, "Psp Reference": row["psp"],
            "Merchant Reference": row["payment"], "Payment Method": "mc", "Booking Date": f"{row['day']} 12:00:00",
            "TimeZone": "CET", "Main Currency": "EUR", "Payment Currency": "EUR"}  # fmt: skip
    plus, minus = f"{row['amount'] / 100:.2f}", f"-{row['amount'] / 100:.2f}"
    entries = []
    if row["what"] in TAKEN | HELD:
        entries += [
            {"Record Type": "Received", "Main Amount": plus, "Received (PC)": plus},
            {"Record Type": "Authorised", "Main Amount": plus, "Received (PC)": minus, "Authorized (PC)": plus},
        ]
    if row["what"] in TAKEN:
        entries += [{"Record Type": "SentForSettle", "Main Amount": plus, "Authorized (PC)": minus,
                     "Captured (PC)": plus},
                    {"Record Type": "Settled", "Main Amount": plus, "Captured (PC)": minus, "Payable (SC)": plus,
                     "Commission (SC)": "0.07"}]  # fmt: skip
    if row["what"] in BACK:
        entries += [{"Record Type": "SentForRefund", "Main Amount": minus, "Captured (PC)": minus,
                     "Modification Merchant Reference": row["own"]}]  # fmt: skip
    return [base | entry for entry in entries]
