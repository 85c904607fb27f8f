"""What stands on a tag, and how it is told from one that the store did not write."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

DIGITS = 12  # of a tag's number in the store: its name, no secret
MARK = "+T1"  # a card reader gives a text that begins with + behind the number of the tag
SIGNED = 16  # bytes of the signature: 128 bits
LEAST_KEY = 32  # characters
UID = re.compile(r"(?:UID:)?((?:[0-9A-F]{2}){4}|(?:[0-9A-F]{2}){7,8}|(?:[0-9A-F]{2}){10})")
READ = re.compile(rf"UID:([0-9A-F]{{8,20}})\+T1\.([0-9]{{{DIGITS}}})\.([0-9A-F]{{{SIGNED * 2}}})")


def new_tag() -> str:
    """Return a number for a tag."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def uid_of(typed: str) -> str:
    """Return the number that a tag's maker gave it, as typed or as a reader gives it; "" where it is none."""
    found = UID.fullmatch(re.sub(r"(?<!UID)[:\s-]", "", typed.strip().upper()))
    return found[1] if found else ""


def signature(key: str, uid: str, tag: str) -> str:
    """Return what proves that the store wrote this number on this tag."""
    signed = hmac.new(key.encode(), f"{MARK}.{uid}.{tag}".encode(), hashlib.sha256).digest()
    return signed[:SIGNED].hex().upper()


def text(key: str, uid: str, tag: str) -> str:
    """Return the text to write on a tag."""
    return f"{MARK}.{tag}.{signature(key, uid, tag)}"


def looks_signed(code: str) -> bool:
    """Tell whether a code has the form that a reader gives for a tag of this plugin."""
    return READ.fullmatch(code.strip()) is not None


def read(key: str, code: str) -> tuple[str, str]:
    """Return (uid, tag) of what a reader gave; empty where the store did not write it on this tag."""
    found = READ.fullmatch(code.strip())
    if found is None or not hmac.compare_digest(signature(key, found[1], found[2]), found[3]):
        return "", ""
    return found[1], found[2]
