"""What Linux says of the devices at USB: what they are, who holds them, and what to type where they may not be used."""

from __future__ import annotations

import os
from pathlib import Path

from genesis.hooks.values import Value

RULE = 'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor}", ATTR{{idProduct}}=="{product}", GROUP="plugdev", MODE="0660"'
RULES = "/etc/udev/rules.d/60-genesis.rules"
BUS, NODES = Path("/sys/bus/usb/devices"), Path("/dev/bus/usb")
PRINTER, CARD_READER = 0x07, 0x0B  # classes of interfaces, as the USB forum numbers them


class UsbDevice(Value, frozen=True, kw_only=True):
    """A device. module: the kernel's module that drives it, "" where none but plain USB does; classes: its kinds."""

    vendor: str
    product: str
    name: str
    node: Path
    module: str = ""
    classes: tuple[int, ...] = ()

    @property
    def ids(self) -> tuple[int, int]:
        """Vendor and product as numbers."""
        return int(self.vendor, 16), int(self.product, 16)

    @property
    def trouble(self) -> str:
        """Why a program cannot use it directly, and what to type; "" where it can."""
        if self.module:
            return (
                f"the kernel's module {self.module} holds it: write the line 'blacklist {self.module}' to "
                f"/etc/modprobe.d/genesis.conf and type: modprobe -r {self.module}"
            )
        if not os.access(self.node, os.R_OK | os.W_OK):
            rule = RULE.format(vendor=self.vendor, product=self.product)
            return (
                f"you may not use {self.node}: write the line {rule} to {RULES}, type usermod -aG plugdev "
                "and your name, sign in again, and plug it in again"
            )
        return ""


def usb_devices(bus: Path = BUS, nodes: Path = NODES) -> list[UsbDevice]:
    """Return what is plugged in; nothing where the system does not say."""
    found = []
    for folder in sorted(bus.glob("*")):
        vendor, product = _read(folder / "idVendor"), _read(folder / "idProduct")
        number = [_read(folder / name) for name in ("busnum", "devnum")]
        if vendor and product and all(part.isdigit() for part in number):
            node = nodes / f"{int(number[0]):03}" / f"{int(number[1]):03}"
            name = " ".join(filter(None, (_read(folder / "manufacturer"), _read(folder / "product"))))
            classes = tuple(int(_read(file) or "0", 16) for file in sorted(folder.glob("*:*/bInterfaceClass")))
            found.append(UsbDevice(vendor=vendor, product=product, name=name or f"{vendor}:{product}", node=node,
                                   module=_module(folder), classes=classes))  # fmt: skip
    return found


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _module(folder: Path) -> str:
    links = (link.resolve().name for link in sorted(folder.glob("*:*/driver")))
    return next((name for name in links if name not in {"usb", "usbfs"}), "")
