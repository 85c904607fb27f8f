"""The NFC reader as a device: it looks for tags again and again, and gives each once while it lies there."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from typing import Any

from genesis import DeviceKind, DeviceStatus, Presence, UserError, many, usb_devices
from genesis_nfc.access import why_not
from genesis_nfc.models import NfcSettings
from genesis_nfc.tags import NoCode, Patience, number, put, text

KINDS = ("212F", "106A")  # FeliCa, and what most cards, fobs and stickers speak; type B makes up its numbers
TRIES = 3  # a tag on its way into the field is often met before it can be read
PAUSE = 0.1  # seconds between two looks
REFUSED = {errno.ENODEV, errno.EACCES, errno.EBUSY}


class NfcReader:
    """One reader that nfcpy drives."""

    id: str = "nfc"
    title: str = "NFC reader"
    kind: DeviceKind = "card_reader"

    def __init__(self, rules: NfcSettings) -> None:
        self._rules = rules
        self._nfc: Any = None
        self._clf: Any = None
        self._shown = Presence()
        self.silent = 0  # presentations of tags that gave no code
        self.why = ""  # the last of them

    def open(self) -> None:
        """Find the reader; UserError where tags cannot be read here, ConnectionError with what to do otherwise."""
        try:
            import nfc
            import nfc.clf.device
            import nfc.tag
        except (ImportError, OSError):
            raise UserError(
                "NFC tags cannot be read here", "install it with: pip install 'genesis-pos[nfc]'", "reader"
            ) from None
        self._nfc = nfc
        try:
            self._clf = nfc.ContactlessFrontend(self._rules.reader)
        except OSError as error:
            usb = self._rules.reader.startswith("usb")
            if usb and error.errno in REFUSED:
                raise ConnectionError(why_not(nfc.clf.device.usb_device_map, usb_devices())) from error
            raise ConnectionError(
                f"there is no NFC reader at {self._rules.reader}: {error.strerror or error}"
            ) from error

    def close(self) -> None:
        """Let go of the reader."""
        if self._clf is not None:
            self._clf.close()
        self._clf = None

    def status(self) -> DeviceStatus:
        """Say what gave no code."""
        text = many("{count} tag without a code", "{count} tags without a code", self.silent)
        return DeviceStatus(ok=self._clf is not None, text=f"{text}, the last: {self.why}" if self.why else text)

    def listen(self, on_code: Callable[[str], None], stop: threading.Event) -> None:
        """Give the code of every tag away, once a presentation, until told to stop; raise when the reader is gone."""
        if self._clf is None:
            raise ConnectionError("not connected")
        while not stop.wait(PAUSE):
            target = self._sense()
            if target is None:
                continue
            seen = f"{target.sdd_res} {target.sensf_res} {target.rid_res}"
            if not self._shown.begins(seen):
                continue
            try:
                code = self._text(target, stop) if self._rules.text else number(target)
            except NoCode as silence:
                self.silent, self.why = self.silent + 1, str(silence)
            else:
                on_code(code)

    def _sense(self) -> Any:
        clf = self._nfc.clf
        try:
            return self._clf.sense(*(clf.RemoteTarget(kind) for kind in KINDS), iterations=1)
        except clf.CommunicationError:  # taken away just then
            return None

    def _text(self, target: Any, stop: threading.Event) -> str:
        """Return the text on a tag; NoCode whatever it answers, OSError where the reader is gone."""
        patient = self._patient(stop)
        silence = NoCode("the tag was taken away too soon")
        for _ in range(TRIES):
            try:
                return text(self._nfc.tag.activate(patient, target), target)
            except OSError:
                raise
            except NoCode as error:
                silence = error
            except Exception:  # noqa: BLE001  nfcpy and ndeflib raise much at a tag that answers junk
                silence = NoCode("what is on the tag cannot be read")
            if (target := self._sense()) is None:
                break
        raise silence

    def _patient(self, stop: threading.Event) -> Patience:
        return Patience(self._clf, stop, self._nfc.clf.TimeoutError)

    def held(self) -> str:
        """Return the number of the tag that lies there."""
        return self._there()[1]

    def _there(self) -> tuple[Any, str]:
        """Return the tag that lies there, and its number; UserError where there is none that has one."""
        for _ in range(TRIES):
            if (target := self._sense()) is not None:
                try:
                    return target, number(target).removeprefix("UID:")
                except NoCode as silence:
                    raise UserError(f"{silence}", "take a tag of the store's own", "tag") from None
        raise UserError("no tag lies at the reader", "hold it there until it is done", "tag")

    def write(self, uid: str, written: str) -> None:
        """Write a text onto the tag of this number that lies there, and read it back."""
        remedy = "hold it still at the reader and do it again"
        for step in ("write", "read"):
            target, found = self._there()
            if found != uid:
                raise UserError("another tag lies at the reader", "hold the right one there", "tag")
            try:
                tag = self._nfc.tag.activate(self._patient(threading.Event()), target)
                if step == "write":
                    put(tag, written)
                elif text(tag, target) not in {f"UID:{uid}{written}", f"CARD:{written}"}:
                    raise UserError("the tag does not hold what was written", remedy, "tag")
            except (OSError, UserError):
                raise
            except NoCode as silence:
                raise UserError(str(silence), remedy, "tag") from None
            except Exception:  # noqa: BLE001  as in _text
                raise UserError("the tag was taken away too soon, or takes no text", remedy, "tag") from None
