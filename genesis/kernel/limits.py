"""How large things at a till can be: beyond it, a figure is a mistake and a text would not fit into the sale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from genesis.kernel.errors import Refused

MAX_MINOR = 10**12  # minor units of one amount
MAX_E4 = MAX_MINOR * 100  # ten-thousandths of one unit price
MAX_BYTES = 16 * 1024  # of JSON that one plugin adds to one line or cart


def fits(value: Any, most: int = MAX_BYTES) -> bool:
    """Tell whether a value takes at most so many bytes of JSON, and holds no NUL, which PostgreSQL cannot keep."""
    data = msgspec.json.encode(value)
    return len(data) <= most and b"\\u0000" not in data


def kept(kind: str, value: Any, encode: Callable[[Any], bytes], decode: Callable[[bytes], Any]) -> bytes:
    """Return the JSON of a value; refused where it could not be read again, for what is written stays."""
    try:
        body = encode(value)
        decode(body)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as error:
        what = f"{kind} cannot be recorded, a value in it does not fit ({error})"
        raise Refused(what, "nothing was recorded; mend or disable the plugin that gave the value") from error
    return body
