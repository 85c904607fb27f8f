"""A Stripe on this machine: payments, readers and refunds as published, with a ledger of its own.

It shares nothing with the driver. Every request is held against the schemas, and what does not fit is refused and
kept in `wrong`.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from genesis_stripe.tests.forms import fit, nested, page_of, published
from tests.probes.counterpart import Counterpart, Reply

READER, KEY = "tmr_counter", "sk_test_counter"
WAITS = "requires_payment_method"
Thing = dict[str, Any]


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, kind: str, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": kind, "code": code, "message": message}}


def need(true: object, code: str, message: str) -> None:
    if not true:
        raise Refused(400, "invalid_request_error", code, message)


class FakeStripe(Counterpart):
    """What Stripe knows. script: what the next cards do: "ok" (where nothing is said), "late" (after some looks),
    "declined", "customer cancels", "never", "partial", "too late" (the card is charged while the reader is stopped),
    "busy", "offline".
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = folder / "stripe-ledger.jsonl"
        self.ledger.touch()
        self.script: list[str] = []
        self.wrong: list[str] = []
        self.changed: Callable[[str, Thing], None] = lambda _kind, _thing: None  # who wants to know of events
        self.tip = 0  # what the next customers choose where the reader asks for a tip
        self.interac = False  # the next cards are Interac's, where they are taken: charged at once
        self.over = False  # whether the bank lets a fifth more be captured than was authorised
        self.intents: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        self.readers: dict[str, Thing] = {READER: self._reader(READER, "Counter", "tml_1")}
        self.shown: list[Thing] = []
        self.now: Callable[[], float] = time.time  # when it books
        self._card_at_reader = False
        self.balance: list[Thing] = []
        self._plans: dict[str, str] = {}
        self._looks: dict[str, int] = {}
        self._keys: dict[str, tuple[str, Reply]] = {}
        own = Path(__file__).with_name("requests.json")
        self._schemas = [json.loads(own.read_bytes()), published()]
        self._count = 0
        super().__init__()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget_keys(self) -> None:
        """A day has passed."""
        self._keys.clear()

    # -- its books

    def rows(self) -> list[Thing]:
        """Return the ledger as it stands on the disk."""
        return [json.loads(line) for line in self.ledger.read_text().splitlines()]

    def total(self, *whats: str) -> int:
        """Return the sum of the ledger's rows of these kinds."""
        return sum(row["amount"] for row in self.rows() if row["what"] in whats)

    def charged(self) -> dict[str, int]:
        """Return attempt -> what its card paid for good (negative: was given back), by the ledger alone."""
        found: dict[str, int] = {}
        for row in self.rows():
            sign = {"captured": 1, "refunded": -1}.get(row["what"], 0)
            if sign:
                found[row["attempt"]] = found.get(row["attempt"], 0) + sign * row["amount"]
        return found

    def held(self) -> int:
        """Return what is held on cards, neither taken nor let go."""
        return sum(intent["amount_capturable"] for intent in self.intents.values())

    def _book(self, what: str, attempt: str, amount: int) -> None:
        with self.ledger.open("a") as file:
            file.write(json.dumps({"what": what, "attempt": attempt, "amount": amount}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count:06}"

    # -- the wire

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        try:
            if headers.get("authorization") != f"Bearer {KEY}":
                raise Refused(401, "invalid_request_error", "", "Invalid API Key provided")
            key = headers.get("idempotency-key", "") if method == "POST" else ""
            same, known = self._keys.get(key, ("", (0, b"")))
            if known[0]:
                if same != f"{target} {body!r}":
                    raise Refused(400, "idempotency_error", "", "Keys can only be used with the same parameters")
                return known
            reply = self._once(method, target, body)
            if key:
                self._keys[key] = (f"{target} {body!r}", reply)
        except Refused as refused:
            return refused.status, json.dumps(refused.body).encode()
        return reply

    def _once(self, method: str, target: str, body: bytes) -> Reply:
        parts = urlsplit(target)
        form = nested(parse_qsl(body.decode() if method == "POST" else parts.query, keep_blank_values=True))
        for route, schema in self._schemas[0].items():
            verb, _, shape = route.partition(" ")
            match = re.fullmatch(shape.replace("{id}", "([^/]+)"), parts.path)
            if verb == method and match:
                try:
                    values = fit(schema, form, route)
                    assert fit(self._schemas[1].get(route, schema), form, route) == values
                except ValueError as error:
                    self.wrong.append(str(error))
                    raise Refused(400, "invalid_request_error", "parameter_unknown", str(error)) from error
                return self._done(route, match.groups(), values)
        self.wrong.append(f"{method} {parts.path}")
        raise Refused(404, "invalid_request_error", "", f"Unrecognized request URL ({method}: {parts.path})")

    def _done(self, route: str, ids: tuple[str, ...], values: Thing) -> Reply:
        """Run a route: its words are the name of what does it; a refusal that was decided is kept under the key."""
        words = [word for word in re.split(r"\W+", route.replace("{id}", "")) if word not in {"v1", "terminal"}]
        run = getattr(self, "_".join(("do", *words)).lower().rstrip("_") + ("_one" if route.endswith("{id}") else ""))
        expand = values.pop("expand", []) if "balance" not in route else []
        try:
            made = dict(run(*ids, **values))
        except Refused as refused:
            return refused.status, json.dumps(refused.body).encode()
        if "latest_charge" in made and "latest_charge" not in expand:
            made["latest_charge"] = made["latest_charge"] and made["latest_charge"]["id"]
        return 200, json.dumps(made).encode()

    # -- payments

    def _intent(self, name: str) -> Thing:
        if name not in self.intents:
            raise Refused(404, "invalid_request_error", "resource_missing", f"No such payment_intent: '{name}'")
        return self.intents[name]

    def do_post_payment_intents(self, **given: Any) -> Thing:
        need(given["amount"] > 0, "parameter_invalid_integer", "amount must be positive")
        kinds = given.get("payment_method_types")
        need(kinds in (["card_present"], ["card_present", "interac_present"]), "payment_intent_invalid_parameter",
             "not in person")  # fmt: skip
        name, born = self._id("pi"), int(given["metadata"]["attempt"].replace("-", "")[:12], 16) // 1000
        made = {"id": name, "object": "payment_intent", "amount_capturable": 0, "amount_received": 0, "status": WAITS,
                "latest_charge": None, "cancellation_reason": None, "last_payment_error": None, "livemode": False,
                "created": born, "metadata": {}, **given}  # fmt: skip
        self.intents[name] = made
        self._plans[name] = self.script.pop(0) if self.script else "ok"
        return made

    def do_get_payment_intents_one(self, name: str) -> Thing:
        self._customer(name)
        return self._intent(name)

    def do_get_payment_intents(self, created: Thing | None = None, **page: Any) -> Thing:
        span = created or {}
        rows = [i for i in self.intents.values() if span.get("gte", 0) <= i["created"] <= span.get("lte", 10**12)]
        return page_of(rows, **page)

    def do_post_payment_intents_cancel(self, name: str, cancellation_reason: str = "") -> Thing:
        intent = self._intent(name)
        need(intent["status"] in {WAITS, "requires_capture"}, "payment_intent_unexpected_state",
             f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.")  # fmt: skip
        if intent["status"] == "requires_capture":
            self._book("voided", intent["metadata"].get("attempt", ""), intent["amount_capturable"])
        intent |= {"status": "canceled", "amount_capturable": 0, "cancellation_reason": cancellation_reason or None}
        return self._told("payment_intent.canceled", intent)

    def do_post_payment_intents_capture(self, name: str, amount_to_capture: int | None = None) -> Thing:
        intent = self._intent(name)
        need(intent["status"] == "requires_capture", "payment_intent_unexpected_state",
             f"This PaymentIntent could not be captured because it has a status of {intent['status']}.")  # fmt: skip
        taken = intent["amount_capturable"] if amount_to_capture is None else amount_to_capture
        most = intent["amount_capturable"] * 6 // 5 if self.over else intent["amount_capturable"]
        need(0 < taken <= most, "amount_too_large", "more than was authorised")
        self._book("captured", intent["metadata"].get("attempt", ""), taken)
        intent |= {"status": "succeeded", "amount_received": taken, "amount_capturable": 0}
        charge = intent["latest_charge"] | {"amount_captured": taken, "currency": intent["currency"],
                                            "payment_intent": name, "metadata": intent["metadata"]}  # fmt: skip
        self._balance("charge", taken, charge)
        return self._told("payment_intent.succeeded", intent)

    def do_post_refunds(self, payment_intent: str, amount: int, metadata: Thing | None = None) -> Thing:
        intent, data = self._intent(payment_intent), metadata or {}
        before = sum(r["amount"] for r in self.refunds.values()
                     if r["payment_intent"] == payment_intent and r["status"] != "failed")  # fmt: skip
        need(intent["status"] == "succeeded", "charge_not_refundable", "nothing was captured")
        need(0 < amount <= intent["amount_received"] - before, "amount_too_large",
             f"Refund amount ({amount}) is greater than unrefunded amount on charge")  # fmt: skip
        card = intent["latest_charge"]["payment_method_details"]["type"]
        need(card == "card_present" or self._card_at_reader, "charge_not_refundable", "the card must be present")
        plan = self.script.pop(0) if self.script else "ok"
        made = {"id": self._id("re"), "object": "refund", "amount": amount, "currency": intent["currency"],
                "payment_intent": payment_intent, "status": "failed" if plan == "declined" else "succeeded",
                "failure_reason": "expired_or_canceled_card" if plan == "declined" else None,
                "metadata": data}  # fmt: skip
        self.refunds[made["id"]] = made
        if plan != "declined":
            self._book("refunded", data.get("attempt", ""), amount)
            self._balance("refund", -amount, made)
        return self._told("refund.created", made)

    def _balance(self, kind: str, amount: int, source: Thing) -> None:
        """Note what moved the account's balance; Stripe's fee is a part of it, and payouts stand between."""
        self.balance.append({
            "id": self._id("txn"), "object": "balance_transaction", "type": kind, "amount": amount, "fee": 7,
            "net": amount - 7, "currency": "eur", "created": int(self.now()), "source": source, "status": "pending",
        })  # fmt: skip

    def do_get_balance_transactions(self, created: Thing | None = None, **page: Any) -> Thing:
        span = created or {}
        rows = [row for row in self.balance if span.get("gte", 0) <= row["created"] < span.get("lt", 10**12)]
        found = page_of(rows, **page) | {"url": "/v1/balance_transactions"}
        if "data.source" not in page.get("expand", []):
            found["data"] = [row | {"source": row["source"] and row["source"]["id"]} for row in found["data"]]
        return found

    def do_get_refunds(self, payment_intent: str, **page: Any) -> Thing:
        return page_of([r for r in self.refunds.values() if r["payment_intent"] == payment_intent], **page)

    # -- the reader and the customer before it

    @staticmethod
    def _reader(name: str, label: str, location: str) -> Thing:
        return {"id": name, "object": "terminal.reader", "label": label, "location": location, "status": "online",
                "device_type": "simulated_wisepos_e", "serial_number": f"s-{label}", "livemode": False, "action": None,
                "metadata": {}}  # fmt: skip

    def _desk(self, name: str) -> Thing:
        if name not in self.readers:
            raise Refused(404, "invalid_request_error", "resource_missing", f"No such reader: '{name}'")
        return self.readers[name]

    def do_get_readers_one(self, name: str) -> Thing:
        reader = self._desk(name)
        if reader["action"] and reader["action"]["type"] == "refund_payment":
            self._refunded_by_card(reader)
        if reader["action"] and reader["action"]["type"] == "process_payment_intent":
            self._customer(reader["action"]["process_payment_intent"]["payment_intent"])
        return reader

    def do_get_readers(self, location: str = "", **page: Any) -> Thing:
        return page_of([r for r in self.readers.values() if location in {"", r["location"]}], **page)

    def do_post_readers(self, registration_code: str, label: str = "", location: str = "", **_: Any) -> Thing:
        need(registration_code in {"simulated-wpe", "simulated-s700", "puppies-plug-could"}, "invalid_code", "unknown")
        made = self._reader(self._id("tmr"), label, location or "tml_1")
        self.readers[made["id"]] = made
        return made

    def do_post_readers_process_payment_intent(
        self, name: str, payment_intent: str, process_config: Thing | None = None
    ) -> Thing:
        reader, intent = self._desk(name), self._intent(payment_intent)
        plan, action = self._plans[payment_intent], reader["action"]
        need(plan != "offline", "terminal_reader_offline", "Reader is currently offline, please ensure it is powered")
        need(plan != "busy" and not (action and action["status"] == "in_progress"), "terminal_reader_busy",
             "Reader is currently busy processing another request")  # fmt: skip
        need(intent["status"] == WAITS, "payment_intent_unexpected_state", f"it is {intent['status']}")
        if tipping := (process_config or {}).get("tipping"):
            intent["eligible"] = tipping["amount_eligible"]
        reader["action"] = {"type": "process_payment_intent", "status": "in_progress", "failure_code": None,
                            "failure_message": None, "api_error": None,
                            "process_payment_intent": {"payment_intent": payment_intent}}  # fmt: skip
        return reader

    def do_post_readers_refund_payment(self, name: str, payment_intent: str, amount: int, metadata: Thing) -> Thing:
        reader, plan = self._desk(name), self.script.pop(0) if self.script else "ok"
        action = reader["action"]
        need(plan != "offline", "terminal_reader_offline", "Reader is currently offline, please ensure it is powered")
        need(not (action and action["status"] == "in_progress"), "terminal_reader_busy", "Reader is currently busy")
        about = {"payment_intent": payment_intent, "amount": amount, "metadata": metadata}
        reader["action"] = {"type": "refund_payment", "status": "in_progress", "failure_code": None,
                            "failure_message": None, "api_error": None, "refund_payment": about}  # fmt: skip
        self._plans[metadata["attempt"]] = plan
        return reader

    def _refunded_by_card(self, reader: Thing) -> None:
        """The customer holds the card to the reader once more, or does not."""
        action = reader["action"]
        about, plan = action["refund_payment"], self._plans[action["refund_payment"]["metadata"]["attempt"]]
        if action["status"] != "in_progress" or plan == "never":
            return
        if plan == "customer cancels":
            self._failed(reader, "customer_canceled", "The customer cancelled.")
        elif plan == "declined":
            self._failed(reader, "card_declined", "It is another card.")
        else:
            self._card_at_reader = True
            about["refund"] = self.do_post_refunds(**about)["id"]
            self._card_at_reader = False
            action["status"] = "succeeded"

    def do_post_readers_cancel_action(self, name: str) -> Thing:
        reader = self._desk(name)
        action = reader["action"]
        if action and action["status"] == "in_progress" and action["type"] == "process_payment_intent":
            intent = action["process_payment_intent"]["payment_intent"]
            if self._plans[intent] == "too late":
                self.tap(reader, intent)
                need(False, "terminal_reader_busy", "Reader is charging a card")
        reader["action"] = None
        return reader

    def do_post_readers_set_reader_display(self, name: str, type: str, cart: Thing) -> Thing:
        assert type == "cart"
        action = self._desk(name)["action"]
        busy = action and action["type"] == "process_payment_intent" and action["status"] == "in_progress"
        need(not busy, "terminal_reader_busy", "Reader is currently busy processing another request")
        self.shown.append(cart)
        self._desk(name)["action"] = {"type": "set_reader_display", "status": "succeeded", "failure_code": None}
        return self._desk(name)

    def do_post_test_helpers_readers_present_payment_method(self, name: str, **given: Any) -> Thing:
        action = self._desk(name)["action"]
        need(action and action["status"] == "in_progress", "terminal_reader_idle", "nothing is asked for")
        number = given.get("card_present", {}).get("number", "4242424242424242")
        intent = action["process_payment_intent"]["payment_intent"]
        self._plans[intent] = "declined" if number.endswith("0002") else "ok"
        self._customer(intent)
        return self._desk(name)

    def do_post_connection_tokens(self, location: str = "") -> Thing:
        return {"object": "terminal.connection_token", "secret": f"pst_test_{location or 'all'}"}

    def _customer(self, intent: str) -> None:
        """The customer does what the script says, where the reader asks for the card."""
        for reader in self.readers.values():
            action, plan = reader["action"], self._plans.get(intent, "")
            if not (action and action["status"] == "in_progress"
                    and action.get("process_payment_intent", {}).get("payment_intent") == intent):  # fmt: skip
                continue
            self._looks[intent] = self._looks.get(intent, 0) + 1
            if plan == "declined":
                self._failed(reader, "card_declined", "The card has insufficient funds.")
                self._intent(intent)["last_payment_error"] = {"code": "card_declined"}
            elif plan == "customer cancels":
                self._failed(reader, "customer_canceled", "The customer cancelled.")
            elif plan in {"ok", "partial"} or (plan == "late" and self._looks[intent] > 4):
                self.tap(reader, intent)

    def _failed(self, reader: Thing, code: str, message: str) -> None:
        reader["action"] |= {"status": "failed", "failure_code": code, "failure_message": message}
        self.changed("terminal.reader.action_failed", reader)

    def tap(self, reader: Thing, name: str) -> None:
        """The card is charged: its money is held."""
        intent = self._intent(name)
        if intent.pop("eligible", 0) and self.tip:
            intent |= {"amount": intent["amount"] + self.tip, "amount_details": {"tip": {"amount": self.tip}}}
        amount = intent["amount"] // 2 if self._plans[name] == "partial" else intent["amount"]
        reader["action"]["status"] = "succeeded"
        card = {"brand": "visa", "last4": "4242", "read_method": "contactless_emv", "fingerprint": "fp_4242424242424242",
                "cardholder_name": "DOE/JANE", "overcapture_supported": self.over, "receipt": {
                    "application_preferred_name": "Visa Debit", "dedicated_file_name": "A0000000031010",
                    "authorization_code": "123456", "application_cryptogram": "9F2608AABB"}}  # fmt: skip
        intent |= {"status": "requires_capture", "amount_capturable": amount, "latest_charge": {
            "id": self._id("ch"), "object": "charge", "payment_method_details": {"type": "card_present",
                                                                                 "card_present": card}}}  # fmt: skip
        self._book("authorised", intent["metadata"].get("attempt", ""), amount)
        if self.interac and "interac_present" in intent["payment_method_types"]:
            intent["latest_charge"]["payment_method_details"] = {"type": "interac_present", "interac_present": card}
            self.do_post_payment_intents_capture(name, amount)
        self.changed("terminal.reader.action_succeeded", reader)
        self._told("payment_intent.amount_capturable_updated", intent)

    def _told(self, kind: str, thing: Thing) -> Thing:
        self.changed(kind, thing)
        return thing
