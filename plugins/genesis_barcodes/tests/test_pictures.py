"""`genesis scan --image`: codes in pictures of two generators, turned and blurred, and pictures without one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import barcode
import pytest
import zxingcpp
from barcode.writer import ImageWriter
from PIL import Image, ImageFilter

from genesis import UserError
from genesis_barcodes.plugin import plugin

EAN = "4006381333931"


def drawn(text: str, kind: Any, scale: int = 4, **options: Any) -> Image.Image:
    """Draw a code with zxing-cpp on white ground."""
    made = Image.fromarray(zxingcpp.create_barcode(text, kind, **options).to_image(scale=scale)).convert("L")
    ground = Image.new("L", (made.width + 80, made.height + 80), 255)
    ground.paste(made, (40, 40))
    return ground


def printed(text: str, kind: str) -> Image.Image:
    """Draw a code with python-barcode, which shares nothing with the reader."""
    file = io.BytesIO()
    barcode.get(kind, text, writer=ImageWriter()).write(file)
    return Image.open(file).convert("L")


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what the command prints for a picture."""

    def say(picture: Image.Image, name: str = "picture.png") -> list[dict[str, Any]]:
        picture.save(tmp_path / name)
        assert plugin.cli_commands()[0].run(None, ["--image", str(tmp_path / name)]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return say


@pytest.mark.parametrize("turn", [0, 7, 90, 180, 270])
@pytest.mark.parametrize("blur", [0, 1.5])
def test_a_code_is_read_turned_and_blurred(said: Any, turn: int, blur: float) -> None:
    picture = drawn(EAN, zxingcpp.BarcodeFormat.EAN13).rotate(turn, expand=True, fillcolor=255)
    (found,) = said(picture.filter(ImageFilter.GaussianBlur(blur)))
    assert (found["input"], found["valid"], found["gtin"]) == (EAN, True, "04006381333931")


@pytest.mark.parametrize(("kind", "text"), [("ean13", EAN), ("ean8", "96385074"), ("code128", "SKU-4711")])
def test_codes_of_another_generator_are_read(said: Any, kind: str, text: str) -> None:
    assert [found["input"] for found in said(printed(text, kind), "picture.jpg")] == [text]


def test_it_prints_exactly_what_scan_prints_for_the_code(said: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from_picture = said(drawn(EAN, zxingcpp.BarcodeFormat.EAN13))
    assert plugin.cli_commands()[0].run(None, [EAN]) == 0
    assert from_picture == [json.loads(capsys.readouterr().out)]


def test_several_codes_come_from_top_to_bottom(said: Any) -> None:
    codes = [drawn(EAN, zxingcpp.BarcodeFormat.EAN13), drawn("hello", zxingcpp.BarcodeFormat.QRCode)]
    sheet = Image.new("L", (max(c.width for c in codes), sum(c.height for c in codes)), 255)
    sheet.paste(codes[0], (0, 0))
    sheet.paste(codes[1], (0, codes[0].height))
    assert [found["input"] for found in said(sheet)] == [EAN, "hello"]


def test_a_gs1_code_keeps_its_elements(said: Any) -> None:
    picture = drawn("(01)09506000134352(10)LOT7(17)261231", zxingcpp.BarcodeFormat.DataMatrix, 8, options="gs1")
    (found,) = said(picture)
    assert (found["valid"], found["gtin"], found["batch"]) == (True, "09506000134352", "LOT7")


def test_where_none_is_sure_nothing_is_said(said: Any) -> None:
    assert said(Image.new("L", (300, 200), 255)) == []
    assert said(drawn(EAN, zxingcpp.BarcodeFormat.EAN13).filter(ImageFilter.GaussianBlur(25))) == []


def test_a_file_that_is_no_picture_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    with pytest.raises(UserError, match=r"no file .*notes\.txt"):
        plugin.cli_commands()[0].run(None, ["--image", str(file)])
    file.write_text("no picture")
    with pytest.raises(UserError, match=r"notes\.txt is no picture"):
        plugin.cli_commands()[0].run(None, ["--image", str(file)])
