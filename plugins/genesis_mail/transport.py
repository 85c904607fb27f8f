"""Hands a mail to the store's mail server, and tells for good from for now."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

SECONDS = 20.0  # for each step of the conversation


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The mail server, and who gets the figures of the day."""

    host: Annotated[str, Meta(title="Mail server", max_length=200)] = ""
    port: Annotated[int, Meta(title="Port", ge=1, le=65535)] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(title="Encryption", description="none only for a server on this machine"),
    ] = "starttls"
    authority: Annotated[str, Meta(title="Certificate of a private authority (file)", max_length=400)] = ""
    user: Annotated[str, Meta(title="User", max_length=200)] = ""
    password: Annotated[str, Meta(title="Password", extra={"secret": True})] = ""
    sender: Annotated[str, Meta(title="Sender address", max_length=200)] = ""
    digest_to: Annotated[tuple[str, ...], Meta(title="Figures of the day go to", max_length=20)] = ()
    digest_reports: Annotated[
        tuple[str, ...],
        Meta(title="Reports in it", description="Their ids, such as stock.attention", max_length=20),
    ] = ()
    digest_hour: Annotated[int, Meta(title="Figures of the day from", description="Hour", ge=0, le=23)] = 22


class Refusal(Exception):
    """The server will not take this mail, now or later."""


def deliver(settings: MailSettings, mail: EmailMessage) -> None:
    """Send a mail; Refusal where it was refused for good, OSError or SMTPException where it may be tried again."""
    if settings.security == "none" and settings.host not in {"localhost", "127.0.0.1", "::1"}:
        raise Refusal("the mail server is not on this machine: set the encryption to starttls or tls")
    trust = ssl.create_default_context(cafile=settings.authority or None)
    if settings.authority:  # a shop's own, which need not have the form that Python 3.13 asks of public ones
        trust.verify_flags &= ~ssl.VERIFY_X509_STRICT
    with _connect(settings, trust) as server:
        if settings.security == "starttls":
            server.starttls(context=trust)
        if settings.user:
            server.login(settings.user, settings.password)
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            _judge(error, *error.recipients.values())
        except smtplib.SMTPResponseException as error:
            _judge(error, (error.smtp_code, error.smtp_error))
        with suppress(smtplib.SMTPException):  # it has the mail; how it says good-bye does not matter
            server.quit()


def _connect(settings: MailSettings, trust: ssl.SSLContext) -> smtplib.SMTP:
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=trust)
    return smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)


def _judge(error: smtplib.SMTPException, *answers: tuple[int, bytes | str]) -> None:
    """Raise Refusal where every answer is for good, else the error itself."""
    if answers and all(code >= 500 for code, _ in answers):
        code, text = answers[0]
        raise Refusal(f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}") from error
    raise error
