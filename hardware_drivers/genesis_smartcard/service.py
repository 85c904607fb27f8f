"""The card reader as a device: it waits for cards through the system's card service, and comes back after it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from genesis import DeviceKind, DeviceStatus, Presence, UserError, many
from genesis_smartcard import messages
from genesis_smartcard.cards import NoCode, Send, number, text
from genesis_smartcard.models import SmartcardSettings

PATIENCE = 200  # milliseconds after which it looks whether it is to stop
NEW_READERS = "\\\\?PnP?\\Notification"  # the name under which PC/SC tells of readers plugged in
ANY = "*"


class CardReader:
    """Every PC/SC reader whose name fits; a card is given once each time it is laid on."""

    id: str = "smartcard"
    title: str = "Card reader"
    kind: DeviceKind = "card_reader"

    def __init__(self, rules: SmartcardSettings) -> None:
        self._rules = rules
        self._scard: Any = None
        self._context: Any = None
        self.silent = 0  # cards that gave no code
        self.why = ""  # the last of them

    def open(self) -> None:
        """Find the readers; UserError where cards cannot be read here."""
        try:
            from smartcard import scard
        except ImportError:
            raise UserError(
                "smart cards cannot be read here", "install it with: pip install 'genesis-pos[smartcard]'", "reader"
            ) from None
        self._scard = scard
        result, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if result != scard.SCARD_S_SUCCESS:
            self._context = None
            raise ConnectionError("the card service does not run: install pcscd and start it")
        if not self._readers():
            raise ConnectionError(f"no card reader with {self._rules.reader!r} in its name is plugged in")

    def close(self) -> None:
        """Let go of the card service."""
        if self._context is not None:
            self._scard.SCardReleaseContext(self._context)
        self._context = None

    def status(self) -> DeviceStatus:
        """Say what gave no code."""
        text = many("{count} card without a code", "{count} cards without a code", self.silent)
        return DeviceStatus(ok=self._context is not None, text=f"{text}, the last: {self.why}" if self.why else text)

    def _readers(self) -> list[str]:
        result, names = self._scard.SCardListReaders(self._context, [])
        if result not in (self._scard.SCARD_S_SUCCESS, self._scard.SCARD_E_NO_READERS_AVAILABLE):
            raise ConnectionError(self._said(result))
        wanted = self._rules.reader.casefold()
        return [name for name in names if wanted == ANY or wanted in name.casefold()]

    def _said(self, result: int) -> str:
        return f"the card service stopped ({self._scard.SCardGetErrorMessage(result).rstrip('.')}): start pcscd"

    def listen(self, on_code: Callable[[str], None], stop: threading.Event) -> None:
        """Give the code of every card away until told to stop; raise when the reader or the service is gone.

        A card that lay there before is not given: nobody knows for which sale it was.
        """
        if self._context is None:
            raise ConnectionError("not connected")
        scard, shown = self._scard, Presence()
        states = self._changed([(name, scard.SCARD_STATE_UNAWARE) for name in [*self._readers(), NEW_READERS]], 0)
        while not stop.is_set():
            before = dict(states)
            states = self._changed(states, PATIENCE)
            for name, state in states:
                if name == NEW_READERS:
                    continue
                if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
                    raise ConnectionError("the card reader was unplugged")
                if _arrived(before[name], state, scard) and (code := self._code(name)) and shown.begins(code):
                    on_code(code)
            if dict(states)[NEW_READERS] != before[NEW_READERS]:
                known = [one for one in states if one[0] in self._readers()]
                fresh = [name for name in self._readers() if name not in dict(known)]
                states = [*known, *((name, scard.SCARD_STATE_UNAWARE) for name in fresh), states[-1]]

    def _changed(self, states: list[tuple[str, int]], patience: int) -> list[tuple[str, int]]:
        """Wait for a change, at most so long; return name and state of each reader."""
        scard = self._scard
        result, found = scard.SCardGetStatusChange(self._context, patience, states)
        if result == scard.SCARD_E_TIMEOUT:
            return states
        if result == scard.SCARD_E_UNKNOWN_READER:
            raise ConnectionError("the card reader was unplugged")
        if result != scard.SCARD_S_SUCCESS:
            raise ConnectionError(self._said(result))
        return [(name, state & ~scard.SCARD_STATE_CHANGED) for name, state, _atr in found]

    def _code(self, reader: str) -> str:
        """Return the code of the card on a reader; "" where it has none, or was taken away meanwhile."""
        rules = self._rules
        try:
            with self._card(reader) as send:
                if rules.application:
                    return text(send, bytes.fromhex(rules.application), bytes.fromhex(rules.file))
                return messages.read(send) if rules.text else number(send)
        except NoCode as silence:
            return self._no_code(str(silence))

    @contextmanager
    def _card(self, reader: str) -> Iterator[Send]:
        """Speak with the card on a reader; NoCode where none answers. It is that very card as long as this lasts."""
        scard = self._scard
        result, card, protocol = scard.SCardConnect(
            self._context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        if result != scard.SCARD_S_SUCCESS:
            raise NoCode(scard.SCardGetErrorMessage(result))

        def send(command: bytes) -> bytes:
            result, answer = scard.SCardTransmit(card, protocol, list(command))
            if result != scard.SCARD_S_SUCCESS:
                raise NoCode(scard.SCardGetErrorMessage(result))
            return bytes(byte & 0xFF for byte in answer)

        try:
            yield send
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)

    def held(self) -> str:
        """Return the number of the card that lies there."""
        return self._there()[1]

    def _there(self, wanted: str = "") -> tuple[str, str]:
        """Return the reader on which a card lies (that of this number, where one is wanted), and its number."""
        for reader in self._readers():
            try:
                with self._card(reader) as send:
                    uid = number(send).removeprefix("UID:")
            except NoCode:
                continue
            if not wanted or uid == wanted:
                return reader, uid
        what = "the card does not lie at the reader" if wanted else "no card with a number lies at the reader"
        raise UserError(what, "lay it there until it is done", "tag")

    def write(self, uid: str, written: str) -> None:
        """Write a text onto the card of this number that lies there, and read it back."""
        reader, _ = self._there(uid)
        try:
            with self._card(reader) as send:
                if number(send) != f"UID:{uid}":
                    raise NoCode("another card was laid there")
                messages.write(send, written)
                if messages.read(send) not in {f"UID:{uid}{written}", f"CARD:{written}"}:
                    raise NoCode("the card does not hold what was written")
        except NoCode as silence:
            raise UserError(str(silence), "let it lie at the reader and do it again", "tag") from None

    def _no_code(self, why: str) -> str:
        self.silent, self.why = self.silent + 1, why
        return ""


def _arrived(before: int, after: int, scard: Any) -> bool:
    """Tell whether a card came: it is there and was not, or was changed between two looks (the count is above)."""
    present = scard.SCARD_STATE_PRESENT
    return bool(after & present) and (not before & present or before >> 16 != after >> 16)
