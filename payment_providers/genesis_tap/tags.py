"""What stands on a tag, and how it is told from one that the store did not write."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

import msgspec

DIGITS = 12  # of a tag's number in the store: its name, no secret
MARK = "+T2"  # a card reader gives a text that begins with + behind the number of the tag
COUNT = 6  # digits of the counter: a million payments
SIGNED = 16  # bytes of the signature: 128 bits
LEAST_KEY = 32  # characters
UID = re.compile(r"(?:UID:)?((?:[0-9A-F]{2}){4}|(?:[0-9A-F]{2}){7,8}|(?:[0-9A-F]{2}){10})")
READ = re.compile(
    rf"UID:(?P<uid>[0-9A-F]{{8,20}})\+T2\.(?P<tag>[0-9]{{{DIGITS}}})\.(?P<count>[0-9]{{{COUNT}}})"
    rf"\.(?P<signature>[0-9A-F]{{{SIGNED * 2}}})"
)


class Held(msgspec.Struct, frozen=True):
    """What a reader gave of a tag. genuine: whether the store wrote it on this very tag."""

    uid: str
    tag: str
    count: int
    genuine: bool


def new_tag() -> str:
    """Return a number for a tag."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def uid_of(typed: str) -> str:
    """Return the number that a tag's maker gave it, as typed or as a reader gives it; "" where it is none."""
    found = UID.fullmatch(re.sub(r"(?<!UID)[:\s-]", "", typed.strip().upper()))
    return found[1] if found else ""


def signature(key: str, uid: str, tag: str, count: int) -> str:
    """Return what proves that the store wrote this number and this count on this tag."""
    signed = hmac.new(key.encode(), f"{MARK}.{uid}.{tag}.{count:0{COUNT}}".encode(), hashlib.sha256).digest()
    return signed[:SIGNED].hex().upper()


def text(key: str, uid: str, tag: str, count: int) -> str:
    """Return the text to write on a tag. count: how many payments were written on it."""
    return f"{MARK}.{tag}.{count:0{COUNT}}.{signature(key, uid, tag, count)}"


def looks_signed(code: str) -> bool:
    """Tell whether a code has the form that a reader gives for a tag of this plugin."""
    return READ.fullmatch(code.strip()) is not None


def read(key: str, code: str) -> Held | None:
    """Return what a reader gave; None where it is nothing of this plugin."""
    found = READ.fullmatch(code.strip())
    if found is None:
        return None
    uid, tag, count = found["uid"], found["tag"], int(found["count"])
    return Held(uid, tag, count, hmac.compare_digest(signature(key, uid, tag, count), found["signature"]))
