"""Queues what is to be mailed, sends it in the background, and offers it at the till."""

from __future__ import annotations

from typing import Any

import msgspec

from genesis import (
    CliCommand,
    Entry,
    Fact,
    Job,
    Panel,
    Permission,
    Pos,
    Projection,
    Reaction,
    Screen,
    hookimpl,
)
from genesis_mail import pages, service
from genesis_mail.command import MAIL
from genesis_mail.models import MESSAGES, MailFailed, MailQueued, MailSent, MailTried
from genesis_mail.transport import MailSettings


class MailPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """The mail server, and who gets the figures of the day."""
        return MailSettings

    @hookimpl
    def permissions(self) -> list[Permission]:
        """To see what was mailed, and to mail."""
        return [
            Permission(id="mail.read", title="See what was mailed"),
            Permission(id="mail.send", title="Mail a receipt"),
        ]

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Queued, tried, sent, failed."""
        return [MailQueued, MailTried, MailSent, MailFailed]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The messages."""
        return [MESSAGES]

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Queue the receipts that were asked for."""
        return [Reaction(name="mail_receipts", kinds=("sale.completed",), run=_queue)]

    @hookimpl
    def jobs(self) -> list[Job]:
        """Send what is due; queue the figures of the day."""
        return [Job(id="mail.send", every=5, run=_send, at_start=True),
                Job(id="mail.digest", every=300, run=service.queue_digest, at_start=True)]  # fmt: skip

    @hookimpl
    def panels(self, pos: Pos, slot: str, context: dict[str, Any]) -> list[Panel] | None:
        """Offer the receipt by e-mail where the customer has an address."""
        if slot != "receipt.media" or not service.offered(pos, context["cart"]):
            return None
        return [Panel(id=service.EMAIL, text="E-mail", icon="mail")]

    @hookimpl
    def screens(self) -> list[Screen]:
        """What was mailed."""
        return [Screen(id="messages", title="Mail", icon="mail", page="genesis_mail.pages:page", place="admin",
                       group="sales", permission="mail.read", order=60, badge=pages.badge)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis mail`."""
        return [MAIL]


def _queue(_pos: Pos, entry: Entry) -> list[Fact] | None:
    return service.queue_receipt(entry)


def _send(pos: Pos) -> None:
    service.send_due(pos)


plugin = MailPlugin()
