"""A terminal of Adyen on this machine, behind the cloud or with its own sealed line, with a ledger of its own.

It shares nothing with the driver, the sealing included. Every request is held against the schemas; what does not fit,
and a service id that comes twice, is kept in `wrong`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import ssl
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from genesis_adyen.tests import shapes
from genesis_adyen.tests.fake_report import report
from tests.probes.counterpart import Counterpart, Reply

POI, MERCHANT, KEY = "V400m-123456789", "TestStore", "AQE-test-key"
CLOUD = f"/v1/merchants/{MERCHANT}/devices/{POI}/sync"
PASSPHRASE, KEY_ID = "p@ssw0rd123456", "CounterKey"
Thing = dict[str, Any]


class FakeTerminal(Counterpart):
    """script: what the next cards do: "ok" (where nothing is said), "declined", "customer cancels", "never" (until it is
    aborted), "too late" (charged as it is aborted), "partial", "busy", "unreachable". lies: how the next answers are
    spoiled: "currency", "amount", "service", "payment", "clear", "seal", "garbage".
    """

    def __init__(self, folder: Path, context: ssl.SSLContext | None = None) -> None:
        self.ledger = folder / "terminal-ledger.jsonl"
        self.ledger.touch()
        self.script: list[str] = []
        self.lies: list[str] = []
        self.over = 0  # percent of an authorisation that the bank lets go on top of it
        self.signs = False  # whether the next cards have to be signed for
        self.today = lambda: "2026-03-02"  # the day on which it books
        self.tip: int | None = None  # what the next customers choose where a tip is asked for or shown (minor units)
        self.wrong: list[str] = []
        self.shown: list[Any] = []
        self.local = context is not None
        self._memory: dict[tuple[str, str, str], Thing] = {}  # (category, sale, service) -> body of the answer
        self._paid: dict[str, Thing] = {}  # transaction -> what is left of it
        self._captures: dict[str, Reply] = {}  # idempotency key -> what was answered
        self._busy: set[tuple[str, str, str]] = set()
        self._stopped: set[tuple[str, str, str]] = set()
        self._at_desk = threading.Condition()
        self._own, self._published = shapes.own(), shapes.published()
        super().__init__(context)
        self.patient = True

    @property
    def address(self) -> str:
        return f"{'https' if self.local else 'http'}://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """It was replaced, or started anew."""
        self._memory.clear()

    def waits(self) -> bool:
        """Tell whether it asks for a card now."""
        return bool(self._busy)

    def stop(self) -> None:
        with self._at_desk:
            self._stopped |= self._busy
            self._at_desk.notify_all()
        super().stop()

    # -- its books

    def rows(self) -> list[Thing]:
        return [json.loads(line) for line in self.ledger.read_text().splitlines()]

    def total(self, what: str) -> int:
        return sum(row["amount"] for row in self.rows() if row["what"] == what)

    def charged(self) -> dict[str, int]:
        """Return attempt -> what its card paid (negative: got back), by the ledger alone."""
        signs, found = {"charged": 1, "captured": 1, "voided": -1, "refunded": -1}, dict[str, int]()
        for row in self.rows():
            sign = signs.get(row["what"], 0)
            found[row["attempt"]] = found.get(row["attempt"], 0) + sign * row["amount"]
        return found

    def held(self) -> int:
        """Return what is held on cards, neither taken nor let go, by the ledger alone."""
        signs = {"authorised": 1, "let go": -1, "covered": -1}
        return sum(signs.get(row["what"], 0) * row["amount"] for row in self.rows())

    def _book(self, what: str, attempt: str, amount: int, name: str, own: str = "") -> None:
        """Note a move of money of the payment `name`; own: the shop's name of what gave it back."""
        paid = self._paid.get(name, {}).get("attempt", attempt)
        row = {"what": what, "attempt": attempt, "amount": amount, "day": self.today(), "payment": paid,
               "psp": name.partition(".")[2], "own": own}  # fmt: skip
        with self.ledger.open("a") as file:
            file.write(json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())

    # -- the wire

    def called(self, method: str, target: str, body: bytes) -> str:
        """Return the name of a request, with the category of a terminal's message (its header is never sealed)."""
        head = json.loads(body or b"{}").get("SaleToPOIRequest", {}).get("MessageHeader", {})
        return f"{super().called(method, target, body)} {head.get('MessageCategory', '')}"

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        if target.startswith("/reports/download/"):
            return report(self.rows(), target, headers)
        if target.startswith("/v72/payments/"):
            return self._captured(target, headers, json.loads(body))
        if not self.local and (target != CLOUD or headers.get("x-api-key") != KEY):
            return 401, b'{"errors": ["unauthorised"]}'
        message = json.loads(body, parse_float=Decimal)["SaleToPOIRequest"]
        sealed = "NexoBlob" in message
        if sealed:
            inner = json.loads(opened(message), parse_float=Decimal)["SaleToPOIRequest"]
            if inner["MessageHeader"] != message["MessageHeader"]:
                self.wrong.append("two headers")
            message = inner
        elif self.local:
            self.wrong.append("a message in clear")
        faults = shapes.faults(self._own, message, {})
        if self._published:
            faults += shapes.faults(self._published["SaleToPOIRequest"], message, self._published)
        self.wrong += faults
        if faults:
            return 200, self._said(message["MessageHeader"], message, {}, sealed)
        head = message["MessageHeader"]
        run = getattr(self, f"do_{head['MessageCategory'].lower()}")
        found = run(head, message[f"{head['MessageCategory']}Request"])
        return (200, self._said(head, message, found, sealed)) if found else (200, b"ok")

    def _captured(self, target: str, headers: dict[str, str], asked: Thing) -> Reply:
        """Capture what was authorised, as the Checkout service does for the account of this terminal."""
        schema = shapes.own("checkout")["POST /v72/payments/{id}/captures"]
        faults = shapes.faults(schema, asked, {})
        published = shapes.published("CheckoutService-v72")
        if published:
            faults += shapes.faults(published["PaymentCaptureRequest"], asked, published)
        self.wrong += faults
        psp, key, amount = target.split("/")[3], headers.get("idempotency-key", ""), asked["amount"]["value"]
        with self._at_desk:
            if key in self._captures:
                return self._captures[key]
            name = next((name for name in self._paid if name.endswith(f".{psp}")), "")
            paid = self._paid.get(name, {})
            most = paid.get("left", 0) * (100 + self.over) // 100
            if faults or headers.get("x-api-key") != KEY or not paid.get("held") or not 0 < amount <= most:
                text = {"status": 422, "errorCode": "167", "message": "Original pspReference required"}
                return 422, json.dumps(text).encode()
            self._book("covered", paid["attempt"], paid["left"], name)
            self._book("captured", paid["attempt"], amount, name)
            paid |= {"left": amount, "held": False}
            made = {**asked, "paymentPspReference": psp, "pspReference": f"CAP{len(self.rows())}", "status": "received"}
            if published:
                self.wrong += shapes.faults(published["PaymentCaptureResponse"], made, published)
            self._captures[key] = (201, json.dumps(made).encode())
            return self._captures[key]

    def _said(self, head: Thing, message: Thing, body: Thing, sealed: bool) -> bytes:
        lie = self.lies.pop(0) if self.lies and head["MessageCategory"] in {"Payment", "Reversal"} else ""
        head = head | {"MessageType": "Response"}
        if lie == "service":
            head |= {"ServiceID": "OTHER"}
        if lie in {"currency", "amount"}:
            amounts = json.loads(json.dumps(body["PaymentResult"]["AmountsResp"]))
            amounts |= {"Currency": "USD"} if lie == "currency" else {"AuthorizedAmount": 99.99}
            body = body | {"PaymentResult": body["PaymentResult"] | {"AmountsResp": amounts}}
        if lie == "payment":
            body = body | {"SaleData": {"SaleTransactionID": {"TransactionID": "another", "TimeStamp": "x"}}}
        if not body:
            body = failure("MessageFormat")
        whole = {"MessageHeader": head, f"{head['MessageCategory']}Response": body}
        if self._published and not lie:
            self.wrong += shapes.faults(self._published["SaleToPOIResponse"], whole, self._published)
        text = json.dumps({"SaleToPOIResponse": whole}).encode()
        if lie == "garbage":
            return text[:-2] + b"NaN"
        if not sealed or lie == "clear":
            return text
        found = closed(head, text)
        if lie == "seal":
            found["SecurityTrailer"]["Hmac"] = base64.b64encode(bytes(32)).decode()
        return json.dumps({"SaleToPOIResponse": found}).encode()

    # -- what it does

    def do_payment(self, head: Thing, asked: Thing) -> Thing:
        key = ("Payment", head["SaleID"], head["ServiceID"])
        with self._at_desk:
            if key in self._memory or key in self._busy:
                self.wrong.append(f"the service id {key[2]} came twice")
            plan = self.script.pop(0) if self.script else "ok"
            if plan == "busy" or self._busy:
                nothing = {"TransactionID": "0", "TimeStamp": "2026-03-02T08:00:00.000Z"}
                return failure("Busy") | {"SaleData": asked["SaleData"], "POIData": {"POITransactionID": nothing}}
            self._busy.add(key)
            self.begun()
            if plan in {"never", "too late"}:
                self._at_desk.wait_for(lambda: key in self._stopped)
            found = self._memory[key] = self._decided(plan, asked, key in self._stopped)
            self._busy.discard(key)
        return found

    def _decided(self, plan: str, asked: Thing, aborted: bool) -> Thing:
        amounts = asked["PaymentTransaction"]["AmountsReq"]
        sale = asked["SaleData"]["SaleTransactionID"]
        name = f"BV0q00{len(self.rows()):06}.PSP{len(self.rows()):013}"
        when = {"TransactionID": name, "TimeStamp": "2026-03-02T08:00:00.000Z"}
        base = {"SaleData": {"SaleTransactionID": sale}, "POIData": {"POITransactionID": when}}
        refusal = {"declined": "Refusal", "customer cancels": "Cancel", "unreachable": "UnreachableHost"}.get(plan, "")
        if plan == "never" and aborted:
            refusal = "Aborted"
        if refusal:
            return failure(refusal) | base
        requested = Decimal(amounts["RequestedAmount"])
        assert requested == requested.quantize(Decimal("0.01")), "the amount is not exact"
        minor, tip = int(requested * 100) // (2 if plan == "partial" else 1), self._tip(asked)
        minor += tip - int(Decimal(amounts.get("TipAmount", 0)) * 100)
        held = "authorisationType=PreAuth" in asked["SaleData"].get("SaleToAcquirerData", "").split("&")
        self._book("authorised" if held else "charged", sale["TransactionID"], minor, name)
        self._paid[name] = {"left": minor, "held": held, "attempt": sale["TransactionID"], "when": when}
        more = "AID=A0000000041010&applicationPreferredName=mc+en+gbr&cardSummary=0010&PaymentAccountReference=Yv6zs123"
        text = {"OutputFormat": "Text", "OutputText": [{"Text": "name=Merchant%20copy&key=merchantTitle"}]}
        receipt = {"DocumentQualifier": "CashierReceipt", "RequiredSignatureFlag": True, "OutputContent": text}
        return base | ({"PaymentReceipt": [receipt]} if self.signs else {}) | {
            "Response": {"Result": "Partial" if plan == "partial" else "Success", "AdditionalResponse": more},
            "PaymentResult": {
                "OnlineFlag": True,
                "AmountsResp": {"Currency": amounts["Currency"], "AuthorizedAmount": minor / 100} | (
                    {"TipAmount": tip / 100} if tip else {}),
                "PaymentAcquirerData": {"AcquirerPOIID": POI, "MerchantID": MERCHANT, "ApprovalCode": "123456"},
                "PaymentInstrumentData": {"PaymentInstrumentType": "Card", "CardData": {
                    "EntryMode": ["Contactless"], "PaymentBrand": "mc", "MaskedPan": "541333 **** 0010",
                    "SensitiveCardData": {"ExpiryDate": 2802}}},
            },
        }  # fmt: skip

    def _tip(self, asked: Thing) -> int:
        """Return what the customer adds: what is shown, unless they choose otherwise where they can."""
        shown = int(Decimal(asked["PaymentTransaction"]["AmountsReq"].get("TipAmount", 0)) * 100)
        asks = "tenderOption=AskGratuity" in asked["SaleData"].get("SaleToAcquirerData", "").split("&")
        return self.tip if (asks or shown) and self.tip is not None else shown

    def do_reversal(self, head: Thing, asked: Thing) -> Thing:
        with self._at_desk:
            key = ("Reversal", head["SaleID"], head["ServiceID"])
            if key in self._memory:
                self.wrong.append(f"the service id {key[2]} came twice")
            found = self._memory[key] = self._reversed(asked)
        return found

    def _reversed(self, asked: Thing) -> Thing:
        named = asked["OriginalPOITransaction"]["POITransactionID"]
        paid = self._paid.get(named["TransactionID"])
        if paid is None or paid["when"] != named:
            return failure("Refusal")
        whole = "ReversedAmount" not in asked
        if not whole and self.script and self.script.pop(0) == "declined":
            return failure("Refusal")  # the script is about what the shop asks for; a sale given up is let go
        amount = paid["left"] if whole else int(Decimal(asked["ReversedAmount"]) * 100)
        if not 0 < amount <= paid["left"] or (paid["held"] and not whole):
            return failure("NotAllowed", "message=Insufficient+balance+on+payment")
        paid["left"] -= amount
        own = asked["SaleData"]["SaleTransactionID"]["TransactionID"]
        what = ("let go" if paid["held"] else "voided") if whole else "refunded"
        self._book(what, paid["attempt"] if whole else own, amount, named["TransactionID"], own)
        name = {"TransactionID": f"BV0q00R{len(self.rows()):06}.PSPR", "TimeStamp": "2026-03-02T08:01:00.000Z"}
        return {"Response": {"Result": "Success"}, "POIData": {"POITransactionID": name},
                "OriginalPOITransaction": {"POITransactionID": named}, "ReversedAmount": amount / 100}  # fmt: skip

    def do_abort(self, head: Thing, asked: Thing) -> Thing:
        about = asked["MessageReference"]
        with self._at_desk:
            self._stopped.add((about["MessageCategory"], about["SaleID"], about["ServiceID"]))
            self._at_desk.notify_all()
        return {}

    def do_transactionstatus(self, head: Thing, asked: Thing) -> Thing:
        about = asked["MessageReference"]
        key = (about["MessageCategory"], about["SaleID"], about["ServiceID"])
        with self._at_desk:
            if key in self._busy:
                return failure("InProgress")
            if key not in self._memory:
                return failure("NotFound")
            told = {"MessageHeader": head | {"MessageCategory": key[0], "MessageType": "Response", "ServiceID": key[2]},
                    "RepeatedResponseMessageBody": {f"{key[0]}Response": self._memory[key]}}  # fmt: skip
        return {"Response": {"Result": "Success"}, "MessageReference": about, "RepeatedMessageResponse": told}

    def do_display(self, head: Thing, asked: Thing) -> Thing:
        content = asked["DisplayOutput"][0]["OutputContent"]
        self.shown.append([row["Text"] for row in content["OutputText"]] if "OutputText" in content else None)
        result = {"Device": "CustomerDisplay", "InfoQualify": "Display", "Response": {"Result": "Success"}}
        return {"OutputResult": [result]}


def failure(condition: str, more: str = "") -> Thing:
    return {"Response": {"Result": "Failure", "ErrorCondition": condition} | (
        {"AdditionalResponse": more} if more else {})}  # fmt: skip


# -- its own sealing, from the published description


def _keys() -> bytes:
    return hashlib.pbkdf2_hmac("sha1", PASSPHRASE.encode(), b"AdyenNexoV1Salt", 4000, 80)


def _crypt(nonce: bytes, encrypting: bool, data: bytes) -> bytes:
    raw = _keys()
    cipher = Cipher(algorithms.AES(raw[32:64]), modes.CBC(bytes(x ^ y for x, y in zip(raw[64:], nonce, strict=True))))
    machine = cipher.encryptor() if encrypting else cipher.decryptor()
    return machine.update(data) + machine.finalize()


def opened(message: Thing) -> bytes:
    trailer = message["SecurityTrailer"]
    assert (trailer["KeyIdentifier"], trailer["KeyVersion"], trailer["AdyenCryptoVersion"]) == (KEY_ID, 1, 1)
    padded = _crypt(base64.b64decode(trailer["Nonce"]), False, base64.b64decode(message["NexoBlob"]))
    plain = padded[: -padded[-1]]
    mac = hmac.new(_keys()[:32], plain, hashlib.sha256).digest()
    assert mac == base64.b64decode(trailer["Hmac"])
    return plain


def closed(head: Thing, plain: bytes) -> Thing:
    nonce, room = os.urandom(16), 16 - len(plain) % 16
    blob = _crypt(nonce, True, plain + bytes([room]) * room)
    mac = hmac.new(_keys()[:32], plain, hashlib.sha256).digest()
    text = {name: base64.b64encode(data).decode() for name, data in (("b", blob), ("n", nonce), ("m", mac))}
    return {"MessageHeader": head, "NexoBlob": text["b"], "SecurityTrailer": {
        "AdyenCryptoVersion": 1, "KeyIdentifier": KEY_ID, "KeyVersion": 1, "Nonce": text["n"], "Hmac": text["m"]}}  # fmt: skip
