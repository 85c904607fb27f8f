"""A drawing in Figma becomes a screen of a theme, through Tkinter Designer as it is published."""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from genesis.design import bring as bringing
from genesis.shell.designed import SURFACES
from tests.design import drawing
from tests.design.conftest import TOKEN, items, screen

AREAS = {slot.removeprefix("slot."): size for slot, size in SURFACES["payment"].areas.items() if slot != "slot.summary"}
SLOTS = AREAS | {"amount": (200, 40), "due": (120, 30), "change": (120, 30)}


def test_a_file_behind_figmas_interface_is_imported_with_its_pictures(figma, theme):
    at = (-412.5, 230.25)
    logo = drawing.layer("Image: Logo of us", "VECTOR", (at[0] + 1000, at[1] + 10, 64, 32))
    figma.files["KEY7"] = drawing.file(drawing.payment(logo, at=at))
    genesis = Path(sys.executable).with_name("genesis")
    done = subprocess.run(
        [genesis, "design", "import", f"{figma.address}/design/KEY7/Our-till?node-id=1-2", "--theme", theme],
        env=os.environ | {"FIGMA_TOKEN": TOKEN, "GENESIS_HOME": str(theme / "none")},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [str(theme / "screens/assets/logo-of-us.png"), str(theme / "screens/payment.json")]
    found = items(theme)
    assert {name: [found[name][side] for side in "xywh"] for name in ("payment.back", "slot.keypad", "slot.due")} == {
        "payment.back": [20, 12, 136, 48],
        "slot.keypad": [280, 310, 480, 360],
        "slot.due": [560, 130, 200, 40],
    }
    picture = screen(theme)["layouts"][0]["items"][-1]
    assert (picture["kind"], picture["file"]) == ("image", "logo-of-us.png")
    assert [picture[side] for side in "xywh"] == [1000, 10, 64, 32]
    with Image.open(theme / "screens/assets/logo-of-us.png") as kept:
        assert (kept.size, kept.convert("RGB").getpixel((5, 5))) == ((128, 64), (0xAA, 0x33, 0x00))
    assert [path.partition("?")[0].rpartition("/")[0] for path, _ in figma.asked] == [
        "/v1/files",
        "/v1/images",
        "/drawn",
    ]
    assert [token for _, token in figma.asked] == [TOKEN, TOKEN, None]  # where a picture lies is nobody's we know


@pytest.mark.parametrize("seed", range(4))
def test_layers_of_any_name_order_and_depth_become_the_same_screen(bring, theme, seed):
    actions = list(SURFACES["payment"].actions)
    node, places = drawing.by_chance(seed, actions, SLOTS)
    code, _out, err = bring(drawing.file(node))
    assert (code, [line for line in err.splitlines() if not line.startswith("note:")]) == (0, [])
    found = items(theme)
    buttons = {name: tuple(item[side] for side in "xywh") for name, item in found.items() if item["kind"] == "button"}
    assert buttons == {name: pytest.approx(place, abs=0.02) for name, place in places.items()}
    assert {name for name, item in found.items() if item["kind"] == "slot"} == {f"slot.{name}" for name in SLOTS}


def test_a_design_says_in_the_words_of_the_theme_what_follows_it_by_night(bring, theme):
    styled = drawing.button("amount.exact", (300, 700, 120, 60), "Exact", "#123456", "#FFFFFF")
    styled["children"][0] |= {"styles": {"fill": "S:1"}}
    plain = drawing.button("amount.clear", (440, 700, 120, 60), "Clear", "#14532D", "#FFFFFF")
    off = drawing.rect("band", (0, 780, 1280, 20), "#ABCDEF")
    code, _out, err = bring(
        drawing.file(drawing.payment(styled, plain, off), styles={"S:1": {"name": "color/primary"}})
    )
    assert code == 0
    assert err == "note: layer 'band': #ABCDEF is no colour of the theme; it stays the same in every look\n"
    found = items(theme)
    assert [found[name]["fill"] for name in ("amount.exact", "amount.clear", "payment.back")] == [
        "primary",
        "primary",
        "surface",
    ]
    assert [found[name]["ink"] for name in ("amount.clear", "payment.back")] == ["on_primary", "text"]
    assert screen(theme)["layouts"][0]["items"][-1]["fill"] == "#ABCDEF"


def test_two_frames_of_one_screen_are_its_two_sizes_and_another_is_another_screen(bring, theme):
    low = drawing.payment(name="Payment: low", at=(2000, 0))
    low["absoluteBoundingBox"] |= {"width": 1400, "height": 700}
    door = drawing.frame(
        "sign in",
        (0, 2000, 800, 600),
        drawing.rect("TextBox: sign_in.name", (200, 2200, 400, 52), "#FFFFFF"),
        drawing.rect("textbox: sign_in.secret", (200, 2270, 400, 52), "#FFFFFF"),
        drawing.button("sign_in.enter", (200, 2340, 400, 52), "Enter"),
        drawing.rect("Slot: error", (200, 2400, 400, 30), "#F0F0F0"),
    )
    notes = drawing.frame("_notes", (0, 4000, 10, 10))
    assert bring(drawing.file(drawing.payment(), low, door, notes))[0] == 0
    assert [(x["w"], x["h"]) for x in screen(theme)["layouts"]] == [(1280, 800), (1400, 700)]
    assert items(theme, "sign_in")["sign_in.secret"] | {"fill": ""} == {
        "kind": "field", "id": "sign_in.secret", "x": 200, "y": 270, "w": 400, "h": 52, "fill": "",
    }  # fmt: skip


def test_what_a_layer_holds_on_to_is_kept_with_the_frame_it_is_in(bring, theme):
    inner = drawing.button("amount.exact", (900, 700, 120, 60)) | {
        "constraints": {"horizontal": "RIGHT", "vertical": "SCALE"}
    }
    strip = drawing.frame("strip", (800, 680, 400, 100), inner) | {
        "constraints": {"horizontal": "LEFT_RIGHT", "vertical": "BOTTOM"}
    }
    assert bring(drawing.file(drawing.payment(strip)))[0] == 0
    *_, outer, button = screen(theme)["layouts"][0]["items"]
    assert (outer["kind"], outer["across"], outer["down"]) == ("rect", "stretch", "end")
    assert (button["across"], button["down"]) == ("end", "scale")
    assert screen(theme)["layouts"][0]["items"][button["inside"]] == outer


def test_icons_captions_and_type_are_kept_to_be_drawn_anew(bring, theme):
    place = (300, 700, 160, 60)
    node = drawing.button("amount.exact", place)
    node["children"] += [
        drawing.layer("Icon: check", "VECTOR", place),
        drawing.text("genau", place, fontFamily="Roboto", fontWeight=640, fontSize=23.6, textCase="UPPER", textAlignHorizontal="CENTER"),
    ]  # fmt: skip
    assert bring(drawing.file(drawing.payment(node)))[0] == 0
    item = items(theme)["amount.exact"]
    assert {key: item[key] for key in ("text", "icon", "style", "align", "radius")} == {
        "text": "GENAU", "icon": "check", "style": "num 600 24", "align": "center", "radius": 10.0,
    }  # fmt: skip


def test_corners_that_are_round_beyond_measure_and_names_that_are_whole_texts_are_taken_as_figma_writes_them(
    bring, theme
):
    pill = drawing.rect("pill", (800, 700, 200, 60), "#FFFFFF", cornerRadius=9999.0)
    words = drawing.text("word " * 200, (300, 20, 200, 30))
    words["name"] = words["characters"]
    assert bring(drawing.file(drawing.payment(pill, words)))[0] == 0
    *_, round_one, text = screen(theme)["layouts"][0]["items"]
    assert (round_one["radius"], len(text["text"])) == (30, 200)


def test_the_tool_is_the_pinned_one_runs_apart_and_is_asked_for_where_it_is_missing(bring, theme, monkeypatch):
    assert importlib.metadata.version("tkdesigner") == bringing.RELEASE == "1.0.7"
    assert f"tkdesigner=={bringing.RELEASE} " in (Path(__file__).parents[2] / "requirements/design.lock").read_text()
    assert "tkdesigner" not in sys.modules

    def none(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", none)
    code, _out, err = bring(drawing.file(drawing.payment()))
    assert code == 1
    assert f"type: {sys.executable} -m pip install --no-deps tkdesigner==1.0.7 jinja2" in err
    assert not (theme / "screens").exists()


def test_a_picture_beside_a_file_is_taken_and_written_afresh(bring, theme, tmp_path):
    node = drawing.file(drawing.payment(drawing.layer("Image: shop", "RECTANGLE", (900, 20, 60, 40))))
    code, _out, err = bring(node)
    assert (code, "the picture shop.png is missing: put it into" in err) == (1, True)
    assert not (theme / "screens").exists()
    (tmp_path / "assets").mkdir()
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "#00AA00").save(data, "PNG")
    (tmp_path / "assets/shop.png").write_bytes(data.getvalue() + b"<script>")
    assert bring(node)[0] == 0
    assert b"script" not in (theme / "screens/assets/shop.png").read_bytes()
    (tmp_path / "assets/shop.png").write_bytes(b"GIF89a")
    assert "the picture shop.png cannot be read" in bring(node)[2]


@pytest.mark.parametrize(
    ("place", "token", "said"),
    [
        ("{server}/design/KEY7/x", "", "Figma wants a token"),
        ("{server}/design/KEY7/x", "figd_wrong", "Figma refuses the token for this file"),
        ("{server}/design/KEY7/x", "two\nlines", "this is no token of Figma"),
        ("{server}/design/GONE/x", TOKEN, "Figma has no such file"),
        ("{server}/design/BUSY/x", TOKEN, "Figma asks to slow down"),
        ("{server}/design/AWAY/x", TOKEN, "127.0.0.1 answered 302"),
        ("{server}/community/KEY7", TOKEN, "is no address of a Figma file"),
        ("http://127.0.0.1:9/design/KEY7/x", TOKEN, "127.0.0.1 cannot be reached"),
        ("https://figma.com.example/design/KEY7/x", TOKEN, "figma.com.example is not Figma"),
        ("http://www.figma.com/design/KEY7/x", TOKEN, "is not Figma"),
        ("/nowhere/file.json", "", "/nowhere/file.json cannot be read"),
    ],
)
def test_what_keeps_a_file_from_coming_is_said_and_the_token_is_not(bring, figma, theme, place, token, said):
    figma.files["KEY7"] = drawing.file(drawing.payment())
    figma.answers = {
        "/v1/files/BUSY": (429, {}),
        "/v1/files/AWAY": (302, {"Location": f"{figma.address}/v1/files/KEY7"}),
    }
    code, out, err = bring(place.format(server=figma.address), "--token", token)
    assert (code, out) == (1, "")
    assert said in err
    assert not token or token not in err
    assert not (theme / "screens").exists()


def test_names_lists_what_may_be_restyled(capsys, tmp_path):
    from genesis.cli.main import main

    assert main(["--home", str(tmp_path), "design", "names", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {name: len(kinds["slots"]) > 3 for name, kinds in found.items()} == dict.fromkeys(SURFACES, True)
    assert main(["--home", str(tmp_path), "design", "names", "kiosk"]) == 1
