"""Adyen's Checkout on this machine: payment links, refunds and signed notifications, with a ledger of its own.

It shares nothing with the driver. Every request is held against the schemas; what does not fit is kept in `wrong`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
from pathlib import Path
from typing import Any

from genesis_adyen.tests import shapes
from tests.probes.counterpart import Counterpart, Reply

MERCHANT, KEY, HMAC = "TestStore", "AQE-test-key", "44" * 32
Thing = dict[str, Any]
SCHEMAS = {"POST /v72/paymentLinks": "PaymentLinkRequest", "PATCH /v72/paymentLinks/{id}": "UpdatePaymentLinkRequest",
           "POST /v72/payments/{id}/refunds": "PaymentRefundRequest",
           "POST /v72/payments/{id}/reversals": "PaymentReversalRequest"}  # fmt: skip


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class FakeCheckout(Counterpart):
    """script: what the next customers do: "ok" (pay as soon as somebody looks), "late", "never", "too late" (pay as the
    link is ended). told: the notifications that it would send, as bytes, none of them delivered yet.
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = folder / "checkout-ledger.jsonl"
        self.ledger.touch()
        self.script: list[str] = []
        self.wrong: list[str] = []
        self.told: list[bytes] = []
        self.links: dict[str, Thing] = {}
        self._plans: dict[str, str] = {}
        self._looks: dict[str, int] = {}
        self._paid: dict[str, Thing] = {}  # psp reference -> reference, what is left
        self._keys: dict[str, tuple[str, Reply]] = {}
        self._own, self._published = shapes.own("checkout"), shapes.published("CheckoutService-v72")
        self._count = 0
        super().__init__()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # -- its books

    def rows(self) -> list[Thing]:
        return [json.loads(line) for line in self.ledger.read_text().splitlines()]

    def total(self, what: str) -> int:
        return sum(row["amount"] for row in self.rows() if row["what"] == what)

    def charged(self) -> dict[str, int]:
        """Return attempt -> what its customer paid (negative: got back), by the ledger alone."""
        found: dict[str, int] = {}
        for row in self.rows():
            sign = 1 if row["what"] == "charged" else -1
            found[row["attempt"]] = found.get(row["attempt"], 0) + sign * row["amount"]
        return found

    def held(self) -> int:
        """Return what customers could still pay by links that nobody waits for."""
        return sum(link["amount"]["value"] for link in self.links.values() if link["status"] == "active")

    def _book(self, what: str, attempt: str, amount: int) -> None:
        with self.ledger.open("a") as file:
            file.write(json.dumps({"what": what, "attempt": attempt, "amount": amount}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count:012}"

    # -- the wire

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        if headers.get("x-api-key") != KEY:
            return 401, b'{"status": 401, "errorCode": "000", "message": "HTTP Status Response - Unauthorized"}'
        key, same = headers.get("idempotency-key", ""), f"{method} {target} {body!r}"
        if key in self._keys:
            before, reply = self._keys[key]
            return reply if before == same else (422, b'{"status": 422, "message": "key of another request"}')
        try:
            done = json.dumps(self._run(method, target, json.loads(body) if body else {})).encode()
            reply = (201 if method == "POST" else 200, done)
        except Refused as refused:
            text = {"status": refused.status, "errorCode": "100", "message": str(refused), "errorType": "validation"}
            return refused.status, json.dumps(text).encode()
        if key:
            self._keys[key] = (same, reply)
        return reply

    def _run(self, method: str, target: str, asked: Thing) -> Thing:
        found = re.fullmatch(r"/v72/(paymentLinks|payments)(?:/([^/]+))?(?:/(refunds|reversals))?", target)
        if not found:
            self.wrong.append(f"{method} {target}")
            raise Refused(404, "Not found")
        kind, name, what = found.groups()
        route = f"{method} {target.replace(name, '{id}') if name else target}"
        if route in SCHEMAS:
            faults = shapes.faults(self._own[route], asked, {})
            if self._published:
                faults += shapes.faults(self._published[SCHEMAS[route]], asked, self._published)
            self.wrong += faults
            if faults or asked.get("merchantAccount", MERCHANT) != MERCHANT:
                raise Refused(422, "; ".join(faults) or "Invalid merchant account")
        if kind == "payments":
            return self._given_back(name, what, asked)
        if method == "POST":
            return self._made(asked)
        if name not in self.links:
            raise Refused(404, "Payment link was not found")
        return self._ended(self.links[name]) if method == "PATCH" else self._looked(self.links[name])

    def _made(self, asked: Thing) -> Thing:
        name = self._id("PL")
        self._plans[name] = self.script.pop(0) if self.script else "ok"
        self.links[name] = {"id": name, "status": "active", "url": f"https://test.adyen.link/{name}", **asked}
        return dict(self.links[name])

    def _looked(self, link: Thing) -> Thing:
        looks = self._looks[link["id"]] = self._looks.get(link["id"], 0) + 1
        plan = self._plans[link["id"]]
        if link["status"] == "active" and (plan == "ok" or (plan == "late" and looks > 4)):
            self.pay(link)
        return dict(link)

    def _ended(self, link: Thing) -> Thing:
        if link["status"] == "active" and self._plans[link["id"]] == "too late":
            self.pay(link)
        if link["status"] != "active":
            raise Refused(422, f"Payment link is {link['status']}")
        link["status"] = "expired"
        return dict(link)

    def pay(self, link: Thing) -> None:
        """The customer pays."""
        psp = self._id("PSP")
        link["status"] = "completed"
        self._paid[psp] = {"left": link["amount"]["value"], "reference": link["reference"], "amount": link["amount"]}
        self._book("charged", link["reference"], link["amount"]["value"])
        self.notify("AUTHORISATION", psp, link["reference"], link["amount"])

    def _given_back(self, psp: str, what: str, asked: Thing) -> Thing:
        paid = self._paid.get(psp)
        if paid is None:
            raise Refused(422, "Original pspReference required for this operation")
        amount = paid["left"] if what == "reversals" else asked["amount"]["value"]
        if not 0 < amount <= paid["left"]:
            raise Refused(422, "Insufficient balance on payment")
        paid["left"] -= amount
        own = paid["reference"] if what == "reversals" else asked["reference"]
        self._book("voided" if what == "reversals" else "refunded", own, amount)
        made = {"pspReference": self._id("PSP"), "paymentPspReference": psp, "status": "received", **asked}
        self.notify("REFUND", made["pspReference"], asked["reference"], paid["amount"], original=psp)
        return made

    # -- notifications

    def notify(self, code: str, psp: str, reference: str, amount: Thing, *, original: str = "", **more: Any) -> bytes:
        """Note down a notification as it would be sent; returns it."""
        item = {"eventCode": code, "pspReference": psp, "originalReference": original, "success": "true",
                "merchantAccountCode": MERCHANT, "merchantReference": reference, "amount": amount,
                "eventDate": "2026-03-02T09:00:00+01:00", **more}  # fmt: skip
        self.told.append(notification(item))
        return self.told[-1]


def notification(*items: Thing, key: str = HMAC) -> bytes:
    """Return a notification with signed items."""
    for item in items:
        fields = [item["pspReference"], item["originalReference"], item["merchantAccountCode"],
                  item["merchantReference"], str(item["amount"]["value"]), item["amount"]["currency"],
                  item["eventCode"], item["success"]]  # fmt: skip
        mark = hmac.new(bytes.fromhex(key), ":".join(fields).encode(), hashlib.sha256).digest()
        item["additionalData"] = {"hmacSignature": base64.b64encode(mark).decode()}
    return json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": i} for i in items]}).encode()
