"""`genesis scan --image`: codes in pictures of two generators, turned and blurred, and pictures without one."""

from __future__ import annotations

import io
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import barcode
import pytest
import zxingcpp
from barcode.writer import ImageWriter
from PIL import Image, ImageDraw, ImageFilter

from genesis import UserError
from genesis_barcodes import pictures
from genesis_barcodes.pictures import codes_in_frame, codes_of
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
def both() -> None:
    """The second reader is there too; without libzbar0 its tests fail under CI and are skipped loudly elsewhere."""
    if "zbar" not in pictures.readers():
        missing = "NO ZBAR: install libzbar0"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


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


@pytest.mark.parametrize(("kind", "text"), [("ean13", EAN), ("code128", "SKU-4711")])
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


def copies(count: int, seed: int, *, cut: bool = False) -> list[tuple[str, Image.Image]]:
    """Return codes as bad cameras give them: askew, blurred, noisy; and what they say. cut: a side is missing."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        digits = "".join(draw.choice("0123456789") for _ in range(12))
        digits += str(-sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(digits)) % 10)
        picture = drawn(digits, zxingcpp.BarcodeFormat.EAN13, draw.choice([2, 3, 4]))
        if cut:
            picture = picture.crop((0, 0, int(picture.width * draw.uniform(0.5, 0.8)), picture.height))
        picture = picture.rotate(draw.uniform(-50, 50), Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        picture = picture.filter(ImageFilter.GaussianBlur(draw.uniform(0, 2.5)))
        made.append((digits, Image.blend(picture, noise(picture.size, draw), draw.uniform(0, 0.3))))
    return made


def noise(size: tuple[int, int], draw: random.Random) -> Image.Image:
    """Return the same noise each time."""
    return Image.frombytes("L", size, draw.randbytes(size[0] * size[1]))


def junk(seed: int) -> list[Image.Image]:
    """Return pictures without a whole code: halves of codes, stripes, noise, print."""
    draw = random.Random(seed)
    made = [noise((400, 300), draw).filter(ImageFilter.GaussianBlur(blur)) for blur in range(5)]
    made += [picture for _, picture in copies(10, seed, cut=True)]
    for _ in range(10):
        stripes = Image.new("L", (500, 300), 255)
        pen, at = ImageDraw.Draw(stripes), 20
        while at < 480:
            width = draw.randint(2, 12)
            pen.rectangle((at, 20, at + width - 1, 280), fill=0)
            at += width + draw.randint(2, 12)
        made.append(stripes.rotate(draw.uniform(-30, 30), fillcolor=255))
    for _ in range(5):
        page = Image.new("L", (600, 400), 255)
        for line in range(10, 390, 16):
            text = "".join(draw.choice("HIMNWlij|1 0123456789-.") for _ in range(60))
            ImageDraw.Draw(page).text((10, line), text, fill=0)
        made.append(page)
    return made


def test_two_readers_read_more_than_one_and_nothing_wrong(both: None) -> None:
    sheets = copies(32, 5)
    first = sum([r.text for r in pictures._by_zxing(picture)] == [digits] for digits, picture in sheets)
    together = [(digits, codes_of(picture, still=True)) for digits, picture in sheets]
    frames = [(digits, codes_of(picture, still=False)) for digits, picture in sheets]
    assert [pair for pair in together + frames if pair[1] not in ([pair[0]], [])] == []
    right, quick = (sum(bool(found) for _, found in answers) for answers in (together, frames))
    assert first < quick < right


def test_of_a_picture_without_a_code_nothing_is_said(both: None) -> None:
    assert [codes_of(picture, still=still) for picture in junk(9) for still in (True, False)] == [[]] * 60


@pytest.mark.parametrize(
    ("kind", "text", "gtin"),
    [
        ("EAN8", "96385074", "00000096385074"),
        ("UPCE", "04252614", "00042100005264"),
        ("UPCA", "036000291452", "00036000291452"),
    ],
)
def test_short_codes_and_upc_are_the_same_from_either_reader(
    both: None, said: Any, kind: str, text: str, gtin: str
) -> None:
    picture = drawn(text, getattr(zxingcpp.BarcodeFormat, kind))
    assert {r.text for r in pictures._by_zxing(picture)} == {r.text for r, _lines in pictures._by_zbar(picture)}
    assert [found["gtin"] for found in said(picture)] == [gtin]


def test_without_the_second_reader_short_codes_are_not_certain(
    both: None, said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    short, long = drawn("96385074", zxingcpp.BarcodeFormat.EAN8), drawn(EAN, zxingcpp.BarcodeFormat.EAN13)
    assert [found["input"] for found in said(short)] == ["96385074"]
    monkeypatch.setitem(sys.modules, "pyzbar", None)  # importing it fails
    assert pictures.readers() == ["zxing"]
    assert said(short) == []
    assert [found["input"] for found in said(long)] == [EAN]


def test_without_the_first_reader_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(EAN, zxingcpp.BarcodeFormat.EAN13).save(tmp_path / "picture.png")
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(UserError, match="cannot be read here") as refused:
        plugin.cli_commands()[0].run(None, ["--image", str(tmp_path / "picture.png")])
    assert "genesis-pos[barcodes]" in refused.value.remedy


def test_a_frame_is_read_at_a_size_that_will_do() -> None:
    picture = drawn(EAN, zxingcpp.BarcodeFormat.EAN13).resize((3_600, 2_400))
    file = io.BytesIO()
    picture.save(file, "JPEG")
    assert codes_in_frame(file.getvalue()) == [EAN]
    with pytest.raises(UserError, match="no picture"):
        codes_in_frame(file.getvalue()[:5_000])
