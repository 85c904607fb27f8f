"""What is plugged in here that could be a device of the till, what it is for, and which right is missing to use it."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from genesis.hooks.usb import CARD_READER, PRINTER, UsbDevice, usb_devices
from genesis.kernel.errors import UserError
from genesis.plugin.discovery import discover

Kind = Literal["serial", "usb_printer", "card_reader", "nfc", "network_printer", "print_queue"]
SECONDS = 2.0
SERVICE = Path("/run/pcscd/pcscd.comm")


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found. name: as settings want it; trouble: why it cannot be used and what to type, or ""."""

    kind: Kind
    name: str
    text: str = ""
    trouble: str = ""

    @property
    def use(self) -> list[str]:
        """The commands that set it, one for each plugin it may be for: what hangs on a serial port nobody can tell."""
        name = shlex.quote(self.name)
        plugins = sorted(discover().items())
        settings = [(plugin, found.manifest.attaches.get(self.kind, "")) for plugin, found in plugins]
        return [f"genesis settings {plugin} {setting}={name}" for plugin, setting in settings if setting]


def find() -> list[Attached]:
    """Return what is plugged in."""
    plugged = usb_devices()
    return [*serial_ports(), *usb_printers(plugged), *card_readers(plugged), *nfc_readers(plugged),
            *print_queues()]  # fmt: skip


def serial_ports(listed: Callable[[], Sequence[Any]] | None = None) -> list[Attached]:
    """Return the serial ports, also those of scanners and printers that show up as one."""
    from serial.tools.list_ports import comports

    ports = sorted((port.device, port.description) for port in (listed or comports)() if port.hwid != "n/a")
    return [Attached(kind="serial", name=name, text="" if text == "n/a" else text, trouble=right(Path(name), "dialout"))
            for name, text in ports]  # fmt: skip


def usb_printers(plugged: Sequence[UsbDevice], nodes: Path = Path("/dev/usb")) -> list[Attached]:
    """Return the printers at USB by the device that the kernel gives them."""
    printers = [device for device in plugged if PRINTER in device.classes]
    names = ", ".join(device.name for device in printers)
    found = [Attached(kind="usb_printer", name=str(node), text=names, trouble=right(node, "lp"))
             for node in sorted(nodes.glob("lp*"))]  # fmt: skip
    lost = "it has no device: type modprobe usblp, and stop what holds it (CUPS as a rule)"
    if printers and not found:
        found = [Attached(kind="usb_printer", name="/dev/usb/lp0", text=names, trouble=lost)]
    return found


def card_readers(plugged: Sequence[UsbDevice], part: str = "smartcard.scard") -> list[Attached]:
    """Return the readers of the system's card service, or why it tells of none although one is plugged in."""
    wanted = [device.name for device in plugged if CARD_READER in device.classes]
    names, trouble = _listed(part)
    if names:
        return [Attached(kind="card_reader", name=name) for name in names]
    trouble = trouble or "the card service does not know it: restart pcscd"
    return [Attached(kind="card_reader", name=name, trouble=trouble) for name in wanted]


def _listed(part: str) -> tuple[list[str], str]:
    """Return the names of PC/SC readers, and why they cannot be asked for."""
    try:
        scard = importlib.import_module(part)
    except ImportError:
        return [], "install what reads cards with: pip install 'genesis-pos[smartcard]'"
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        return [], "the card service does not run: type apt-get install pcscd, then systemctl start pcscd"
    try:
        return list(scard.SCardListReaders(context, [])[1]), ""
    finally:
        scard.SCardReleaseContext(context)


def nfc_readers(
    plugged: Sequence[UsbDevice], known: Collection[tuple[int, int]] | None = None, service: Path = SERVICE
) -> list[Attached]:
    """Return the readers that nfcpy drives, and who has taken them from it."""
    kinds = _nfc_kinds() if known is None else known
    held = "pcscd has taken it: use the plugin smartcard, or type systemctl stop pcscd.socket pcscd"
    found = []
    for device in (device for device in plugged if device.ids in kinds):
        taken = held if CARD_READER in device.classes and service.exists() else ""
        found.append(Attached(kind="nfc", name=f"usb:{device.vendor}:{device.product}", text=device.name,
                              trouble=device.trouble or taken))  # fmt: skip
    return found


def _nfc_kinds() -> Collection[tuple[int, int]]:
    try:
        kinds: Collection[tuple[int, int]] = importlib.import_module("nfc.clf.device").usb_device_map
    except (ImportError, OSError):
        return ()
    return kinds


def print_queues() -> list[Attached]:
    """Return the print queues of CUPS, and what keeps one from printing; none where CUPS is not there."""
    told = _cups("-e")
    names = [line for line in told if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}", line)]
    stopped = {line.split()[1] for line in (_cups("-p") if names else ()) if re.match(r"printer \S+ disabled", line)}
    refusing = {line.split()[0] for line in (_cups("-a") if names else ()) if re.match(r"\S+ not accepting", line)}
    found = []
    for name in names:
        trouble = f"it is stopped: type cupsenable {name}" if name in stopped else ""
        trouble = trouble or (f"it takes nothing: type cupsaccept {name}" if name in refusing else "")
        found.append(Attached(kind="print_queue", name=name, trouble=trouble))
    return found


def _cups(*words: str) -> list[str]:
    """Return what lpstat tells, in its own English words."""
    lpstat = shutil.which("lpstat")
    if lpstat is None:
        return []
    try:
        done = subprocess.run(  # noqa: S603  the words are ours
            [lpstat, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False,
            env=os.environ | {"LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.decode(errors="replace").splitlines() if done.returncode == 0 else []


def network_printer(address: str) -> Attached:
    """Ask whether a receipt printer answers at host or host:port; UserError for what is no address."""
    split = re.fullmatch(r"([A-Za-z0-9._-]+)(?::([0-9]{1,5}))?", address.strip())
    if split is None or not 0 < int(split[2] or 9_100) < 65_536:
        raise UserError(f"address: {address[:60]!r} is no address", "write 192.0.2.10 or 192.0.2.10:9100", "address")
    trouble = ""
    try:
        with socket.create_connection((split[1], int(split[2] or 9_100)), SECONDS) as line:
            line.sendall(b"\x10\x04\x01")  # DLE EOT 1: how are you?
            answer = line.recv(1)
            if not answer or answer[0] & 0x93 != 0x12:
                trouble = "something else than a receipt printer answers there: check the address"
    except TimeoutError:
        trouble = "nothing answers there as a receipt printer does: check address, cable and power"
    except OSError as error:
        trouble = f"nobody is there ({error.strerror or error}): check address, cable and power"
    return Attached(kind="network_printer", name=address.strip(), trouble=trouble)


def right(node: Path, group: str) -> str:
    """Return the right that is missing to use a device, and what to type, "" where there is none missing."""
    if os.access(node, os.R_OK | os.W_OK):
        return ""
    with suppress(OSError, KeyError, NotImplementedError):  # the usual one then
        group = node.group()
    return f"you may not use it: type usermod -aG {group} and your name, then sign in again"
