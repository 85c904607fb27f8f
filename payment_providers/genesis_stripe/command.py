"""`genesis stripe`: the readers, a card for tests, and tokens for phones that are readers."""

from __future__ import annotations

import json
import sys
from typing import Any

from genesis import CliCommand, GenesisError, Pos, UserError, exponent, plain
from genesis_stripe.gateway import Gateway, refusal
from genesis_stripe.payments import PAYMENTS
from genesis_terminals.captures import payment_row

DECLINED = "4000000000000002"  # a published number for tests that every bank declines


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked; UserError in Stripe's words where it refuses."""
    parser = STRIPE.parser()
    parser.add_argument("action", choices=("open", "settled", "readers", "register", "simulate", "token"))
    parser.add_argument("code", nargs="?", default="")
    for name in ("--label", "--location", "--why"):
        parser.add_argument(name, default="")
    parser.add_argument("--decline", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    for row in _done(pos, asked):
        text = json.dumps(row) if asked.json else "  ".join(str(value) for value in row.values())
        sys.stdout.write(text + "\n")
    return 0


def _done(pos: Pos, asked: Any) -> list[dict[str, str]]:
    if asked.action == "settled":
        PAYMENTS.settle(pos, asked.code, asked.why)
        return []
    if asked.action == "open":
        pos.permissions.require("reports.read")
        return [payment_row(row, plain(row.amount, exponent(row.currency))) for row in PAYMENTS.open(pos)]
    pos.permissions.require("settings.change", "stripe")
    try:
        return _ACTIONS[asked.action](Gateway(pos, any_reader=True), asked)
    except GenesisError:
        raise
    except Exception as error:
        reason = refusal(error) or "nobody knows whether Stripe did it: ask again"
        raise UserError(f"Stripe: {reason}", "correct it and repeat the command", asked.action) from error


def _row(reader: Any) -> dict[str, str]:
    return {name: getattr(reader, name, "") or "" for name in ("id", "status", "device_type", "label")} | {
        "location": str(getattr(reader, "location", "") or "")}  # fmt: skip


def _readers(gateway: Gateway, asked: Any) -> list[dict[str, str]]:
    params: Any = {"location": asked.location} if asked.location else {}
    return [_row(one) for one in gateway.client.v1.terminal.readers.list(params).auto_paging_iter()]


def _register(gateway: Gateway, asked: Any) -> list[dict[str, str]]:
    if not (asked.code and asked.location):
        raise UserError("a reader is registered by its code, at a location",
                        "genesis stripe register CODE --location LOCATION", "code")  # fmt: skip
    params: Any = {"registration_code": asked.code, "location": asked.location}
    if asked.label:
        params["label"] = asked.label
    return [_row(gateway.client.v1.terminal.readers.create(params))]


def _simulate(gateway: Gateway, asked: Any) -> list[dict[str, str]]:
    rules = gateway.rules
    if "_test_" not in rules.key:
        raise UserError("a card can only be simulated with a key for tests", "use one of Stripe's test mode", "key")
    if not rules.reader:
        raise UserError("stripe.reader is not set", "set it to a simulated reader", "reader")
    params: Any = {"type": "card_present"}
    if asked.decline:
        params["card_present"] = {"number": DECLINED}
    helpers = gateway.client.v1.test_helpers.terminal.readers
    return [_row(helpers.present_payment_method(rules.reader, params))]


def _token(gateway: Gateway, asked: Any) -> list[dict[str, str]]:
    params: Any = {"location": asked.location} if asked.location else {}
    return [{"secret": gateway.client.v1.terminal.connection_tokens.create(params).secret}]


_ACTIONS = {"readers": _readers, "register": _register, "simulate": _simulate, "token": _token}

STRIPE = CliCommand(
    name="stripe",
    summary="See what was not captured; readers, a card in test mode, a token for a phone",
    usage="open|settled REFERENCE --why TEXT|readers|register CODE|simulate|token [OPTIONS] [--json]",
    examples=(
        "genesis stripe open",
        "genesis stripe settled pi_000001 --why 'paid in cash'",
        "genesis stripe readers",
        "genesis stripe register simulated-wpe --location tml_1 --label Counter",
        "genesis stripe simulate",
        "genesis stripe simulate --decline",
        "genesis stripe token --location tml_1",
    ),
    run=run,
    details="--location LOCATION (register, readers, token), --label TEXT (register), --decline (simulate). A token "
    "lets the app of a phone take cards (Tap to Pay) at that location; it is kept nowhere.",
)
