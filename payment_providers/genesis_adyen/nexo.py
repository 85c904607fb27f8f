"""Seals messages to a terminal and opens its answers: AES-256-CBC and HMAC-SHA256 under keys from one passphrase.

Source: Adyen's description of "Protect local communications", and the messages its public libraries test with.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from hashlib import pbkdf2_hmac, sha256
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from genesis import GenesisError

SALT, ROUNDS, BLOCK = b"AdyenNexoV1Salt", 4_000, 16


class NotGenuine(GenesisError):
    """A message that was not sealed with our key, or was changed on its way."""


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """What a passphrase becomes. mac and cipher: 32 bytes, iv: 16 bytes."""

    identifier: str
    version: int
    mac: bytes
    cipher: bytes
    iv: bytes

    @classmethod
    def derive(cls, passphrase: str, identifier: str = "", version: int = 0) -> Keys:
        """Derive the keys (takes some ten milliseconds: keep them)."""
        raw = pbkdf2_hmac("sha1", passphrase.encode(), SALT, ROUNDS, 80)
        return cls(identifier=identifier, version=version, mac=raw[:32], cipher=raw[32:64], iv=raw[64:])


def seal(keys: Keys, header: dict[str, Any], message: bytes, nonce: bytes = b"") -> dict[str, Any]:
    """Return the sealed form of a message (its JSON bytes), the header beside it in clear."""
    nonce = nonce or os.urandom(BLOCK)
    padder, encryptor = PKCS7(BLOCK * 8).padder(), _cipher(keys, nonce).encryptor()
    blob = encryptor.update(padder.update(message) + padder.finalize()) + encryptor.finalize()
    trailer = {
        "AdyenCryptoVersion": 1, "KeyIdentifier": keys.identifier, "KeyVersion": keys.version, "Nonce": _text(nonce),
        "Hmac": _text(hmac.new(keys.mac, message, sha256).digest()),
    }  # fmt: skip
    return {"MessageHeader": header, "NexoBlob": _text(blob), "SecurityTrailer": trailer}


def unseal(keys: Keys, sealed: dict[str, Any]) -> bytes:
    """Return the JSON bytes of a sealed message; NotGenuine whatever is wrong with it."""
    try:
        trailer = sealed["SecurityTrailer"]
        blob, nonce, mac = (_bytes(text) for text in (sealed["NexoBlob"], trailer["Nonce"], trailer["Hmac"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NotGenuine("the terminal's answer is not sealed as it must be") from error
    if len(nonce) != BLOCK or not blob or len(blob) % BLOCK:
        raise NotGenuine("the terminal's answer is not sealed as it must be")
    decryptor, unpadder = _cipher(keys, nonce).decryptor(), PKCS7(BLOCK * 8).unpadder()
    try:
        plain = unpadder.update(decryptor.update(blob) + decryptor.finalize()) + unpadder.finalize()
    except ValueError as error:
        raise NotGenuine("the terminal's answer was not sealed with our key") from error
    if not hmac.compare_digest(hmac.new(keys.mac, plain, sha256).digest(), mac):
        raise NotGenuine("the terminal's answer was not sealed with our key")
    return plain


def _cipher(keys: Keys, nonce: bytes) -> Cipher[modes.CBC]:
    iv = bytes(a ^ b for a, b in zip(keys.iv, nonce, strict=True))
    return Cipher(algorithms.AES(keys.cipher), modes.CBC(iv))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError("no text")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
