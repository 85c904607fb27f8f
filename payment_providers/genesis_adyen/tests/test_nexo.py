"""The sealing of messages to a terminal, against every published vector, and against what must be refused."""

from __future__ import annotations

import hashlib
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from genesis_adyen import messages
from genesis_adyen.models import AdyenSettings
from genesis_adyen.nexo import Keys, NotGenuine, seal, unseal
from genesis_adyen.wire import Unclear

DATA = Path(os.environ.get("GENESIS_TEST_DATA", "")) / "vectors/adyen_nexo.json"
KEYS = Keys.derive("testPassphrase123", "testKeyIdentifier", 1)


@pytest.fixture(scope="module")
def vectors():
    if not os.environ.get("GENESIS_TEST_DATA"):
        pytest.skip("GENESIS_TEST_DATA names no folder with the published vectors")
    return json.loads(DATA.read_bytes())


def test_keys_are_derived_as_published(vectors):
    assert len(vectors["nexo_kdf"]) == 6
    for one in vectors["nexo_kdf"]:
        keys = Keys.derive(one["passphrase"])
        assert (keys.mac.hex(), keys.cipher.hex(), keys.iv.hex()) == (one["hmac_key"], one["cipher_key"], one["iv"])


def test_published_messages_are_opened_to_the_byte(vectors):
    assert len(vectors["nexo_decrypt"]) >= 4
    for one in vectors["nexo_decrypt"]:
        plain = unseal(Keys.derive(one["passphrase"]), one["message"])
        assert (len(plain), hashlib.sha256(plain).hexdigest()) == (one["plaintext_len"], one["plaintext_sha256"])


def test_what_was_changed_is_refused_by_one_error(vectors):
    sealed = [one for one in vectors["nexo_must_fail"] if "message" in one]
    assert len(sealed) >= 9
    for one in sealed:
        with pytest.raises(NotGenuine):
            unseal(Keys.derive(one["passphrase"]), one["message"])


def test_success_in_clear_on_a_sealed_line_is_refused_and_a_failure_is_heard(vectors):
    (clear,) = [one for one in vectors["nexo_must_fail"] if "plaintext_message" in one]
    message = clear["plaintext_message"]
    message = json.loads(message) if isinstance(message, str) else message
    head = message["SaleToPOIResponse"]["MessageHeader"] | {"MessageType": "Response"}
    for result, taken in (("Success", False), ("Partial", False), ("Failure", True)):
        body = {"Response": {"Result": result, "ErrorCondition": "UnreachableHost"}}
        data = json.dumps({"SaleToPOIResponse": {"MessageHeader": head, "PaymentResponse": body}}).encode()
        if taken:
            assert messages.read(data, head, "PaymentResponse", KEYS) == body
        else:
            with pytest.raises(NotGenuine):
                messages.read(data, head, "PaymentResponse", KEYS)


@given(st.binary(max_size=2_000))
def test_what_is_sealed_is_opened(plain):
    assert unseal(KEYS, seal(KEYS, {}, plain)) == plain


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data):
    sealed = seal(KEYS, {}, b'{"SaleToPOIResponse": {}}')
    import base64

    part = data.draw(st.sampled_from(["NexoBlob", "Nonce", "Hmac"]))
    inside = sealed if part == "NexoBlob" else sealed["SecurityTrailer"]
    raw = bytearray(base64.b64decode(inside[part]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    inside[part] = base64.b64encode(raw).decode()
    with pytest.raises(NotGenuine):
        unseal(KEYS, sealed)


def test_a_header_that_differs_inside_is_refused():
    head = messages.header(AdyenSettings(terminal="V400m-1"), "Payment", "ABC", "R1") | {"MessageType": "Response"}
    body = {"MessageHeader": head | {"SaleID": "R2"}, "PaymentResponse": {"Response": {"Result": "Success"}}}
    sealed = seal(KEYS, head, json.dumps({"SaleToPOIResponse": body}).encode())
    with pytest.raises(NotGenuine, match="not about what stands on it"):
        messages.read(json.dumps({"SaleToPOIResponse": sealed}).encode(), head, "PaymentResponse", KEYS)


@given(st.integers(0, 9_999_999_999), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_amounts_go_there_and_back_exactly(minor, currency):
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    head = messages.header(AdyenSettings(terminal="V400m-1"), "Payment", "ABC", "R1")
    text = messages.written(head, "PaymentRequest", {"Amount": messages.major(minor, currency)}, None).decode()
    number = text.partition('"Amount":')[2].rstrip("}")
    assert Decimal(number) * 10**digits == minor
    assert messages.minor(json.loads(number, parse_float=Decimal), currency) == minor


@pytest.mark.parametrize("wrong", [1.5, "10.99", True, None, Decimal("10.999"), Decimal("0.001")])
def test_what_is_no_amount_is_refused(wrong):
    with pytest.raises((ValueError, TypeError)):
        messages.minor(wrong, "EUR")


@pytest.mark.parametrize("data", [b"", b"ok", b"[]", b"{}", b'{"SaleToPOIResponse": 1}', b'{"SaleToPOIResponse": {"x": NaN}}',
                                  b'{"SaleToPOIResponse": {"MessageHeader": {}}}', b"[" * 100_000, b"\xff"])  # fmt: skip
def test_what_cannot_be_read_is_unclear(data):
    head = messages.header(AdyenSettings(terminal="V400m-1"), "Payment", "ABC", "R1")
    with pytest.raises(Unclear):
        messages.read(data, head, "PaymentResponse", KEYS)
