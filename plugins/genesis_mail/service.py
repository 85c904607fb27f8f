"""The outbox: what is queued is tried until it went, was refused for good, or took too long."""

from __future__ import annotations

import re
import smtplib
import time
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from sqlalchemy import select

from genesis import (
    Appended,
    Cart,
    Entry,
    Fact,
    FactRef,
    GenesisError,
    GuardRefused,
    Once,
    Pos,
    SaleCompleted,
    StoreSettings,
    UserError,
    exporter_of,
    find_sale,
    many,
    receipt_rows,
    receipt_text,
)
from genesis.hooks.reporting import figures, reports
from genesis.hooks.tables import report_table
from genesis_mail.models import DAYS, TRIES, MailFailed, MailQueued, MailSent, MailTried, message
from genesis_mail.transport import MailSettings, Refusal, deliver

CUSTOMERS, CUSTOMER = "customers_customer", "customers:"  # whose records have addresses, and how sales name them
RECEIPTS, MEDIUM, EMAIL = "receipts", "medium", "email"  # how a sale keeps that its receipt is mailed
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
GIVEN_UP = timedelta(days=2)
AT_ONCE = 20.0  # seconds that one round may last
_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@.,;<>]+")


# -- what is mailed ----------------------------------------------------------------------------------------


def address_of(pos: Pos, customer: str) -> str:
    """Return a customer's address; "" where there is none, or nobody keeps customers now."""
    if not customer.startswith(CUSTOMER):
        return ""
    try:
        row = pos.records(CUSTOMERS).get(customer.removeprefix(CUSTOMER)) or {}
    except UserError:
        return ""
    found = row.get("email") or ""
    return found if _ADDRESS.fullmatch(found) else ""


def offered(pos: Pos, cart: Cart | None) -> bool:
    """Tell whether the receipt of a cart can be mailed: a server is set, and the customer has an address."""
    settings = pos.settings(MailSettings)
    ready = bool(settings.host and settings.sender and cart is not None and cart.customer is not None)
    return ready and bool(address_of(pos, cart.customer.ref if cart and cart.customer else ""))


def queue_receipt(entry: Entry) -> list[Fact] | None:
    """Return what queues the receipt of a sale that asked for it, None for any other."""
    sale = entry.fact
    if not isinstance(sale, SaleCompleted) or sale.mode != "normal":  # nothing of training is real
        return None
    if sale.sections.get(RECEIPTS, {}).get(MEDIUM) != EMAIL:
        return None
    return [MailQueued(what="receipt", about=sale.number, sale=str(entry.ref), customer=sale.customer)]


def send_receipt(pos: Pos, number: str) -> Appended:
    """Queue the receipt of an earlier sale; UserError where its customer has no address."""
    pos.permissions.require("mail.send", number)
    entry = find_sale(pos, number)
    sale = entry.fact
    customer = sale.customer if isinstance(sale, SaleCompleted) else ""
    if not address_of(pos, customer):
        who = "its customer has no e-mail address" if customer else "it names no customer"
        raise UserError(f"number: {number} cannot be mailed, {who}", "print a copy instead", "number")
    return pos.journal.append(MailQueued(what="receipt", about=number, sale=str(entry.ref), customer=customer))


def queue_digest(pos: Pos) -> None:
    """Queue the figures of the day once its hour has come, where somebody gets them."""
    settings, now = pos.settings(MailSettings), pos.clock.now()
    day = now.date().isoformat()
    if not settings.digest_to or now.hour < settings.digest_hour or pos.journal.holder(DAYS, day):
        return
    try:
        pos.journal.append(MailQueued(what="digest", about=day), guards=[Once(DAYS, day)])
    except GuardRefused:
        return  # another process was faster


# -- sending -----------------------------------------------------------------------------------------------


def send_due(pos: Pos) -> int:
    """Try what is due, oldest first; returns how many went. Ends in time for other jobs."""
    settings, end, went = pos.settings(MailSettings), time.monotonic() + AT_ONCE, 0
    if not (settings.host and settings.sender):
        return 0
    now = pos.clock.now()
    for row in due(pos, now):
        if time.monotonic() > end:
            break
        went += attempt(pos, settings, row, now)
    return went


def due(pos: Pos, now: datetime) -> list[Any]:
    """Return the messages that should be tried now, the oldest first."""
    waiting = select(message).where(message.c.state == "queued").order_by(message.c.at, message.c.id)
    return [row for row in pos.db.all(waiting) if _due(row, now)]


def _due(row: Any, now: datetime) -> bool:
    if not row.tried:
        return bool(row.at)
    wait: timedelta = min(FIRST_WAIT * 2 ** min(row.tries - 1, 10), LONGEST_WAIT)
    return now >= datetime.fromisoformat(row.tried) + wait


def attempt(pos: Pos, settings: MailSettings, row: Any, now: datetime) -> bool:
    """Try one message; what began is recorded first, so that two processes never send the same try."""
    number = row.tries + 1
    try:
        pos.journal.append(MailTried(message=row.id, number=number), guards=[Once(TRIES, f"{row.id} {number}")])
    except GuardRefused:
        return False
    try:
        deliver(settings, compose(pos, settings, row))
    except (Refusal, UserError) as error:
        pos.journal.append(MailFailed(message=row.id, reason=str(error)[:300]))
    except (OSError, smtplib.SMTPException) as error:
        pos.log.warning("mail %s: %s", row.id, error)
        if now - datetime.fromisoformat(row.at) > GIVEN_UP:
            why = many(
                "given up after {count} try: {error}", "given up after {count} tries: {error}", number, error=error
            )
            pos.journal.append(MailFailed(message=row.id, reason=why[:300]))
    else:
        pos.journal.append(MailSent(message=row.id))
        return True
    return False


def compose(pos: Pos, settings: MailSettings, row: Any) -> EmailMessage:
    """Return the mail of a queued message; UserError where it can never be written."""
    mail, store = EmailMessage(), pos.settings(StoreSettings).name or "Genesis"
    mail["From"] = f"{_plain(store)} <{settings.sender}>"
    mail["Date"] = format_datetime(datetime.fromisoformat(row.at))
    name = f"{row.id}.{row.at[:19]}".replace(":", "")
    mail["Message-ID"] = f"<{name}@{settings.sender.rpartition('@')[2]}>"
    if row.what == "digest":
        mail["To"] = ", ".join(settings.digest_to)
        mail["Subject"] = f"{_plain(store)}: {row.about}"
        mail.set_content("\n".join([_digest(pos, row.about), *_reports(pos, settings.digest_reports)]))
        return mail
    address = address_of(pos, row.customer)
    entry = pos.journal.entry(FactRef.parse(row.sale))
    if not address or entry is None or not isinstance(entry.fact, SaleCompleted):
        raise UserError("there is no address any more", "print a copy instead", "to")
    rows = receipt_rows(entry.fact, entry)
    mail["To"] = address
    mail["Subject"] = f"{_plain(store)}: {row.about}"
    mail.set_content(receipt_text(rows))
    try:
        writer = exporter_of(pos, "pdf", "receipt")
    except UserError:
        return mail  # the text is there; nothing enabled makes a PDF of it
    mail.add_attachment(writer.write(rows), maintype="application", subtype="pdf", filename=f"{row.about}.pdf")
    return mail


def _digest(pos: Pos, day: str) -> str:
    found = [figure for told in pos.hooks.each(figures)(day=day) for figure in told]
    lines = [f"{figure.title}: {figure.value}{f' ({figure.note})' if figure.note else ''}" for figure in found]
    return "\n".join(lines or ["No plugin has figures."]) + "\n"


def _reports(pos: Pos, wanted: tuple[str, ...]) -> list[str]:
    """Return reports as text; the store's settings say who gets them, whoever is at the till now."""
    known = {one.id: one for told in pos.hooks.each(reports)() for one in told}
    said = []
    for name in wanted:
        rows = report_table(pos, known[name]) if name in known else []
        title = known[name].title if name in known else f"There is no report {name}"
        said.append("\n".join([title, *("  " + "  ".join(filter(None, map(str, row))) for row in rows)]) + "\n")
    return said


def _plain(text: str) -> str:
    """Return a text that can stand in a header."""
    return re.sub(r'[\r\n<>"]', " ", text).strip()


def test_mail(pos: Pos, address: str) -> None:
    """Send a mail that says that mail works; UserError says why it does not."""
    pos.permissions.require("settings.change", "mail")
    settings = pos.settings(MailSettings)
    if not _ADDRESS.fullmatch(address):
        raise UserError(f"address: {address[:60]!r} is no e-mail address", "write it as name@example.com", "address")
    if not (settings.host and settings.sender):
        raise UserError("no mail server is set", "set host and sender under Settings, Mail", "host")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.sender, address, "Genesis: mail works"
    mail.set_content("This store can send mail.\n")
    try:
        deliver(settings, mail)
    except (Refusal, OSError, smtplib.SMTPException) as error:
        raise UserError(f"the mail was not taken: {error}", "check the settings of Mail", "host") from error
    except ValueError as error:
        raise GenesisError(str(error)) from error
