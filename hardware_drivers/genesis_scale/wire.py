"""What scales say, byte by byte: each protocol asks once and answers grams, or why there is no weight."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, Protocol

from genesis import UserError

STX, ETX, EOT, ENQ, ACK, NAK, ESC = b"\x02", b"\x03", b"\x04", b"\x05", b"\x06", b"\x15", b"\x1b"
MOST = 64  # bytes of one answer; a scale that goes on is no scale
MOVING = ("the scale is not at rest", "let it come to rest, then weigh again")
TOO_HEAVY = ("it is too heavy for the scale", "take something off, or enter the weight")
BELOW_ZERO = ("the scale is below zero", "empty it and press its zero key, then weigh again")
EMPTY = ("nothing lies on the scale", "put the goods on it, then weigh again")
UNREADABLE = ("the scale's answer cannot be read", "weigh again; check protocol and cable")
# Toledo 8217, status byte: bit -> what it means for a weight. Centre of zero (4) and net (5) say nothing against it.
TOLEDO_BITS = ((0x01, MOVING), (0x02, TOO_HEAVY), (0x04, BELOW_ZERO), (0x40, UNREADABLE))
DIALOG_STATES = {b"20": MOVING, b"30": EMPTY, b"31": BELOW_ZERO, b"32": TOO_HEAVY}


class Line(Protocol):
    """A port: what a serial port of pyserial offers of it."""

    def write(self, data: bytes, /) -> object:
        """Send."""
        ...

    def read_until(self, expected: bytes, size: int | None = None) -> bytes:
        """Return what came until this, at most size bytes, or until the time was up."""
        ...


class Wire(NamedTuple):
    """How a protocol is spoken: speed and parity of the port, and how to weigh once."""

    baud: int
    parity: str
    weigh: Callable[[Line], int]


def toledo_8217(line: Line) -> int:
    """Ask with W: STX weight [N] CR, or STX ? status CR."""
    line.write(b"W")
    answer = _whole(line, b"\r")
    if status := re.fullmatch(rb"\x02\?(.)\r", answer, re.DOTALL):
        bits = status[1][0]
        raise _none(next((why for bit, why in TOLEDO_BITS if bits & bit), EMPTY if bits & 0x10 else UNREADABLE))
    weight = re.fullmatch(rb"\x02 *([0-9]{1,3}\.[0-9]{1,3})N?\r", answer)
    if weight is None:
        raise _none(UNREADABLE)
    return _positive(int(Decimal(weight[1].decode()) * 1_000))


def dialog_04(line: Line) -> int:
    """Send a price (record 01), ask with EOT ENQ, read record 02; where it says NAK, record 08 asks for the state."""
    line.write(EOT + STX + b"01" + ESC + b"000100" + ESC + ETX)  # a scale that computes wants one; the till prices
    if _one(line) != ACK:
        raise _state(line)
    line.write(EOT + ENQ)
    answer = _whole(line, ETX, refused=NAK)
    if answer == NAK:
        raise _state(line)
    weight = re.fullmatch(rb"\x0202\x1b.\x1b([0-9]{5})\x1b[0-9]{6}\x1b[0-9]{6}\x03", answer, re.DOTALL)
    if weight is None:
        raise _none(UNREADABLE)
    return _positive(int(weight[1]))


def _none(why: tuple[str, str]) -> UserError:
    """Return the refusal of a weight."""
    return UserError(*why, "scale")


def _state(line: Line) -> UserError:
    line.write(EOT + STX + b"08" + ETX)
    state = re.fullmatch(rb"\x0209\x1b([0-9]{2})\x03", _whole(line, ETX))
    return _none(DIALOG_STATES.get(state[1], UNREADABLE) if state else UNREADABLE)


def _one(line: Line) -> bytes:
    answer = line.read_until(ACK, 1)
    if not answer:
        raise ConnectionError("the scale does not answer: check cable, power and port")
    return answer


def _whole(line: Line, end: bytes, refused: bytes = b"") -> bytes:
    """Return an answer with its end; silence means that the scale is gone, half an answer that it cannot be read."""
    first = _one(line)
    if first == refused:
        return first
    answer = first + line.read_until(end, MOST)
    if not answer.endswith(end):
        raise _none(UNREADABLE)
    return answer


def _positive(grams: int) -> int:
    if grams == 0:
        raise _none(EMPTY)
    return grams


WIRES = {
    "toledo_8217": Wire(9_600, "E", toledo_8217),
    "dialog_04": Wire(4_800, "O", dialog_04),
}
