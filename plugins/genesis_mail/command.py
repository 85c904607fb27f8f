"""`genesis mail`: what waits and what became of it, a receipt once more, and a test."""

from __future__ import annotations

import sys

from sqlalchemy import select

from genesis import CliCommand, Pos, print_rows
from genesis_mail import service
from genesis_mail.models import message


def run(pos: Pos, arguments: list[str]) -> int:
    """List the mails, queue a receipt, or try the mail server."""
    parser = MAIL.parser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--send", default="")
    parser.add_argument("--test", default="")
    asked = parser.parse_args(arguments)
    if asked.send:
        service.send_receipt(pos, asked.send)
        sys.stdout.write(f"{asked.send} is queued\n")
    elif asked.test:
        service.test_mail(pos, asked.test)
        sys.stdout.write("The mail server took it\n")
    else:
        pos.permissions.require("mail.read")
        found = pos.db.all(select(message).where(message.c.at != "").order_by(message.c.at, message.c.id))
        print_rows(
            ((dict(row._mapping),  # noqa: SLF001
              f"{row.at[:16]} {row.state:<6} {row.tries} {row.what} {row.about} {row.reason}".rstrip())
             for row in found), as_json=asked.json,
        )  # fmt: skip
    return 0


MAIL = CliCommand(
    name="mail",
    summary="See what was mailed, mail a receipt, try the mail server",
    usage="[--json] [--send RECEIPT] [--test ADDRESS]",
    examples=(
        "genesis mail",
        "genesis mail --json",
        "genesis mail --send R1-00000001",
        "genesis mail --test me@example.com",
    ),
    run=run,
)
