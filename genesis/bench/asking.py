"""What a payment driver costs beyond the exchange itself: checked and read, against the bytes alone."""

from __future__ import annotations

import http.client
import json
import os
import threading
import uuid
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import Any

import uuid_utils

from genesis.bench.raw import p50, times
from genesis.bench.run import Measure, Row, names
from genesis.bench.store import Bench
from genesis.kernel.errors import GenesisError
from genesis.kernel.providers import Attempt
from genesis.plugin.state import record

CALLS = 60
KEYS = {"GENESIS_BENCH_STRIPE": "sk_test_bench", "GENESIS_BENCH_ADYEN": "AQE-bench"}
Exchange = tuple[str, str, dict[str, str], bytes]


class Service:
    """Answers on this computer as the two vendors do for one approved payment; `last` is the newest request."""

    def __init__(self) -> None:
        self.last: Exchange = ("", "", {}, b"")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._answering())
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                service.last = (self.command, self.path, dict(self.headers), body)
                data = json.dumps(_nexo(body) if self.path.endswith("/sync") else _intent()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Answering

    def again(self) -> None:
        """Send the newest request once more as bytes, and read what comes back."""
        method, path, headers, body = self.last
        line = http.client.HTTPConnection("127.0.0.1", self.port)
        line.request(method, path, body or None, headers)
        line.getresponse().read()
        line.close()

    def close(self) -> None:
        """Hang up."""
        self._server.shutdown()
        self._server.server_close()


ATTEMPT = str(uuid_utils.uuid7())


def _nexo(body: bytes) -> dict[str, Any]:
    asked = json.loads(body)["SaleToPOIRequest"]
    head = asked["MessageHeader"] | {"MessageType": "Response"}
    paid = {
        "Response": {"Result": "Success"}, "SaleData": {"SaleTransactionID": {"TransactionID": ATTEMPT}},
        "POIData": {"POITransactionID": {"TransactionID": "BV01.PSP1", "TimeStamp": "2026-03-02T08:00:00.000Z"}},
        "PaymentResult": {"AmountsResp": {"Currency": "EUR", "AuthorizedAmount": 3.33}},
    }  # fmt: skip
    if head["MessageCategory"] == "Payment":
        return {"SaleToPOIResponse": {"MessageHeader": head, "PaymentResponse": paid}}
    about = asked["TransactionStatusRequest"]["MessageReference"]
    told = {"MessageHeader": head | about, "RepeatedResponseMessageBody": {"PaymentResponse": paid}}
    status = {"Response": {"Result": "Success"}, "RepeatedMessageResponse": told}
    return {"SaleToPOIResponse": {"MessageHeader": head, "TransactionStatusResponse": status}}


def _intent() -> dict[str, Any]:
    return {"id": "pi_1", "object": "payment_intent", "status": "requires_capture", "amount": 333, "currency": "eur",
            "amount_capturable": 333, "latest_charge": None, "metadata": {"attempt": ATTEMPT}}  # fmt: skip


@names("provider_call_overhead_adyen", "provider_call_overhead_stripe")
def asking(bench: Bench) -> Iterator[Row]:
    """One question to a provider and its answer, without the exchange of the same bytes over HTTP."""
    os.environ.update(KEYS)
    service, wanted = Service(), ["adyen", "stripe"] if find_spec("stripe") else ["adyen"]
    address = f"http://127.0.0.1:{service.port}"
    till = bench.open(bench.new_home("asking"), register=True)
    for plugin in wanted:
        record(till, plugin, enabled=True, why="bench", since={})
    till.restart()
    rules: dict[str, dict[str, Any]] = {
        "adyen": {"terminal": "V400m-1", "merchant": "Bench", "api_key": {"env": "GENESIS_BENCH_ADYEN"}},
        "stripe": {"reader": "tmr_1", "key": {"env": "GENESIS_BENCH_STRIPE"}},
    }
    for plugin in wanted:
        till.settings.change(plugin, rules[plugin] | {"address": address})
    till.restart()
    for plugin in wanted:
        provider: Any = till.methods[plugin]
        attempt = Attempt(id=ATTEMPT, sale=str(uuid.uuid4()), register="R1", method=plugin, amount=333, currency="EUR")
        provider.start(attempt)
        ask = partial(provider.query, attempt)
        if ask().state != "approved":
            raise GenesisError(f"{plugin} did not understand the answer: {ask().reason}")
        spent, raw = p50(times(CALLS, ask)), p50(times(CALLS, service.again))
        yield Row(f"provider_call_overhead_{plugin}", max(spent - raw, 0.0), "ms", limit=raw, target=5.0)
    bench.let_go()
    service.close()


MEASURES: list[Measure] = [asking]
