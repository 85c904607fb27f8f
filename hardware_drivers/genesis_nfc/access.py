"""Why a reader at USB cannot be used, as far as Linux tells, and what to type."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

RULE = 'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor}", ATTR{{idProduct}}=="{product}", GROUP="plugdev", MODE="0660"'
RULES = "/etc/udev/rules.d/60-genesis-nfc.rules"
BUS, NODES = Path("/sys/bus/usb/devices"), Path("/dev/bus/usb")


def why_not(known: Collection[tuple[int, int]], bus: Path = BUS, nodes: Path = NODES) -> str:
    """Return what is wrong with the first reader of these kinds (vendor, product) and what to do about it."""
    for device in sorted(bus.glob("*")):
        vendor, product = _read(device / "idVendor"), _read(device / "idProduct")
        if not vendor or (int(vendor, 16), int(product or "0", 16)) not in known:
            continue
        node = nodes / f"{int(_read(device / 'busnum')):03}" / f"{int(_read(device / 'devnum')):03}"
        if holder := _holder(device):
            return (
                f"the kernel's module {holder} holds the NFC reader: write the line 'blacklist {holder}' to "
                f"/etc/modprobe.d/genesis-nfc.conf and type: modprobe -r {holder}"
            )
        if not os.access(node, os.R_OK | os.W_OK):
            rule = RULE.format(vendor=vendor, product=product)
            return (
                f"you may not use the NFC reader {node}: write the line {rule} to {RULES}, type usermod -aG plugdev "
                "and your name, sign in again, and plug the reader in again"
            )
        return "another program holds the NFC reader, pcscd as a rule: stop it, or use the plugin Card reader (PC/SC)"
    return "no NFC reader that is known is plugged in"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _holder(device: Path) -> str:
    """Return the kernel module that drives one of the interfaces of a device; "" where none but plain USB does."""
    for link in sorted(device.glob("*:*/driver")):
        name = link.resolve().name
        if name not in {"usb", "usbfs"}:
            return name
    return ""
