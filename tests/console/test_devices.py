"""What is plugged in, as Linux shows it in trees made here, and at an address; every trouble comes with what to type."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from genesis import UserError, usb_devices
from genesis.upkeep import attached
from genesis_printer_escpos.tests.paper import NetworkPaper

ACR122U, CHIP = (0x072F, 0x2200), "04e6"


def plug(bus: Path, name: str, vendor: str, product: str, kind: str = "ff", module: str = "") -> None:
    interface = bus / name / f"{name}:1.0"
    interface.mkdir(parents=True)
    (interface / "bInterfaceClass").write_text(f"{kind}\n")
    read = {"idVendor": vendor, "idProduct": product, "busnum": "1", "devnum": "9", "product": f"Thing {product}"}
    for file, value in read.items():
        (bus / name / file).write_text(f"{value}\n")
    if module:
        (bus / module).mkdir()
        (interface / "driver").symlink_to(bus / module)


@pytest.fixture
def bus(tmp_path: Path) -> Path:
    return tmp_path / "bus"


def test_a_usb_printer_is_found_by_the_device_the_kernel_gives_it_or_by_the_lack_of_one(bus, tmp_path):
    assert attached.usb_printers(usb_devices(bus), tmp_path / "usb") == []
    plug(bus, "1-1", "04b8", "0202", "07")
    (lost,) = attached.usb_printers(usb_devices(bus), tmp_path / "usb")
    assert "modprobe usblp" in lost.trouble
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb/lp1").touch()
    (found,) = attached.usb_printers(usb_devices(bus), tmp_path / "usb")
    assert (found.name, found.text, found.trouble) == (str(tmp_path / "usb/lp1"), "Thing 0202", "")
    assert found.use == [f"genesis settings printer_escpos address={tmp_path / 'usb/lp1'}"]


def test_who_took_an_nfc_reader_is_said_with_the_remedy(bus, tmp_path):
    def trouble(*, service: bool = False) -> str:
        there = tmp_path if service else tmp_path / "none"
        (found,) = attached.nfc_readers(usb_devices(bus, tmp_path / "nodes"), {ACR122U, (0x04E6, 0x5591)}, there)
        return found.trouble

    plug(bus, "1-1", "072f", "2200", "0b")
    assert 'ATTR{idVendor}=="072f", ATTR{idProduct}=="2200", GROUP="plugdev"' in trouble()
    (tmp_path / "nodes/001").mkdir(parents=True)
    (tmp_path / "nodes/001/009").touch()
    assert "systemctl stop pcscd" in trouble(service=True)
    assert trouble() == ""
    for file in sorted((bus / "1-1").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (bus / "1-1").rmdir()
    plug(bus, "1-2", CHIP, "5591", module="pn533_usb")
    assert "modprobe -r pn533_usb" in trouble()


def test_a_card_reader_that_nobody_can_ask_says_what_to_install(bus):
    plug(bus, "1-1", "072f", "90cc", "0b")
    (found,) = attached.card_readers(usb_devices(bus), "genesis.no_such_part")
    assert "pip install 'genesis-pos[smartcard]'" in found.trouble


def test_serial_ports_that_are_there_are_listed_and_a_missing_right_is_said(tmp_path):
    port: Any = SimpleNamespace(device=str(tmp_path / "ttyUSB0"), hwid="USB VID:PID=0403:6001", description="FT232R")
    ghost: Any = SimpleNamespace(device="/dev/ttyS9", hwid="n/a", description="n/a")
    (found,) = attached.serial_ports(lambda: [ghost, port])
    assert (found.name, found.text) == (port.device, "FT232R")
    assert "usermod -aG dialout" in found.trouble  # there is no such device, so nobody may use it
    (tmp_path / "ttyUSB0").touch()
    (found,) = attached.serial_ports(lambda: [port])
    assert found.trouble == ""
    assert f"genesis settings scale port={port.device}" in found.use


def test_at_an_address_a_printer_something_else_or_nobody_answers(genesis):
    paper = NetworkPaper()
    assert genesis("devices", "--address", paper.address).out.startswith("found network printer")
    told = genesis("devices", "--json", "--address", paper.address)
    assert json.loads(told.out)[0]["use"] == [f"genesis settings printer_escpos address={paper.address}"]
    paper.unplug()
    gone = genesis("devices", "--address", paper.address)
    assert (gone.code, "nobody is there" in gone.out) == (1, True)
    with socket.create_server(("127.0.0.1", 0)) as other:
        host, port = other.getsockname()
        other.listen()

        def answer() -> None:
            with other.accept()[0] as line:
                line.sendall(b"HTTP/1.1 400\r\n")

        threading.Thread(target=answer, daemon=True).start()
        assert "something else" in attached.network_printer(f"{host}:{port}").trouble
    with pytest.raises(UserError, match="address"):
        attached.network_printer("two words")


def test_the_devices_of_the_register_are_shown_and_tried(genesis):
    paper = NetworkPaper()
    genesis("plugin", "enable", "printer_escpos")
    genesis("settings", "printer_escpos", f"address={paper.address}")
    assert "printer_escpos: Receipt printer (printer, receipt_printer)" in genesis("devices").out
    assert genesis("devices", "--test", "printer_escpos").code == 0
    assert paper.cuts == 1
    assert "there is no device" in genesis("devices", "--test", "nothing").err
    paper.unplug()
