"""The pass before Tkinter Designer: every layer becomes one of its few elements, with nothing of the file's own text.

Tkinter Designer knows rectangles, texts, pictures, buttons and entries by name, loses all other names, and writes texts
unescaped into code. So it gets a fresh document of plain elements, and what it would lose is kept beside it, in order.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

from genesis.design.figma import Bounds, File, Layer
from genesis.design.palette import INK, Palette
from genesis.kernel.errors import UserError
from genesis.shell.designed import SURFACES, Hold, Item, Kind, known
from genesis.shell.kit.geometry import Box

MARK = re.compile(r"\s*(button|text ?box|slot|rectangle|image|icon)\s*(?:[:/]\s*(.*?))?\s*", re.IGNORECASE | re.DOTALL)
BOXES = {"FRAME", "INSTANCE", "COMPONENT", "COMPONENT_SET"}
LOOSE = {"GROUP", "SECTION", "CANVAS", "DOCUMENT"}
ACROSS: dict[str, Hold] = {"RIGHT": "end", "CENTER": "middle", "LEFT_RIGHT": "stretch", "SCALE": "scale"}
DOWN: dict[str, Hold] = {"BOTTOM": "end", "CENTER": "middle", "TOP_BOTTOM": "stretch", "SCALE": "scale"}
ELEMENTS = {"button": "Button", "field": "TextBox", "image": "Image", "slot": "Rectangle", "rect": "Rectangle"}
CASES = {"UPPER": str.upper, "LOWER": str.lower, "TITLE": str.title}


class Frame(NamedTuple):
    """A screen on its way: items are what is kept beside, pictures: layer id -> file."""

    screen: str
    name: str
    w: int
    h: int
    ground: str
    items: list[Item]
    pictures: dict[str, str]


def frames(file: File, palette: Palette) -> list[Frame]:
    """Return the frames of all pages; raises UserError for one that is no known screen, or that cannot be drawn."""
    drawn = [layer for page in file.document.children for layer in page.children if layer.visible]
    found = [_frame(layer, palette) for layer in drawn if not layer.name.strip().startswith("_")]
    if not found:
        raise UserError("the file has no frame", f"name a frame after a screen: {', '.join(SURFACES)}", "source")
    return found


def _frame(layer: Layer, palette: Palette) -> Frame:
    screen = re.split(r"[:/@]", layer.name, maxsplit=1)[0].strip().lower().replace(" ", "_")
    if layer.type not in BOXES or screen not in SURFACES:
        remedy = f"name it after a screen ({', '.join(SURFACES)}), or begin its name with _ to leave it out"
        raise UserError(f"{layer.type} {layer.called!r} is no screen", remedy, "source")
    bounds = _bounds(layer)
    ground = palette.fill(layer) or "app"
    made = Frame(screen, layer.name, round(bounds.width), round(bounds.height), ground, [], {})
    walk = _Walk(made, bounds, palette)
    for child in layer.children:
        walk.take(child, -1)
    return made


def _bounds(layer: Layer) -> Bounds:
    if layer.absolute_bounding_box is None:
        raise UserError(f"layer {layer.called!r} has no place", "export the file from Figma again", "source")
    if abs(layer.rotation) > 1e-3:
        raise UserError(f"layer {layer.called!r} is turned", "turn it back; screens are drawn upright", "source")
    return layer.absolute_bounding_box


class _Walk:
    """Turns the layers of one frame into items, in the order in which they lie above each other."""

    def __init__(self, frame: Frame, origin: Bounds, palette: Palette) -> None:
        self._frame, self._origin, self._palette = frame, origin, palette

    def take(self, layer: Layer, inside: int) -> None:
        """Add a layer and what is in it."""
        if not layer.visible or layer.opacity == 0:
            return
        mark = MARK.fullmatch(layer.name)
        word, name = (mark[1].lower().replace(" ", ""), (mark[2] or "").strip().lower()) if mark else ("", "")
        if word == "rectangle" and name.startswith("slot."):
            word = "slot"
        if word in {"button", "textbox", "slot"}:
            self._live("field" if word == "textbox" else word, name, layer, inside)  # type: ignore[arg-type]
        elif word == "image":
            self._picture(name, layer, inside)
        elif layer.type == "TEXT":
            self._text(layer, inside)
        elif layer.type in {"RECTANGLE", "LINE"}:
            self._rect(layer, inside)
        elif layer.type in BOXES | LOOSE:
            if layer.type in BOXES:
                self._rect(layer, inside, keep=True)
                inside = len(self._frame.items) - 1
            for child in layer.children:
                self.take(child, inside)
        else:
            remedy = "name the layer `Image: NAME` to keep it as a picture"
            raise UserError(f"layer {layer.called!r} ({layer.type}) cannot be drawn", remedy, "source")

    def _add(self, kind: Kind, layer: Layer, inside: int, **more: Any) -> None:
        bounds, start, holds = _bounds(layer), self._origin, layer.constraints
        if bounds.x < start.x - 1 or bounds.y < start.y - 1:
            raise UserError(f"layer {layer.called!r} lies outside of its frame", "move it inside", "source")
        self._frame.items.append(
            Item(
                kind=kind,
                x=max(round(bounds.x - start.x, 2), 0),
                y=max(round(bounds.y - start.y, 2), 0),
                w=round(bounds.width, 2),
                h=round(max(bounds.height, layer.stroke_weight if layer.type == "LINE" else 0), 2),
                across=ACROSS.get(holds.horizontal, "start"),
                down=DOWN.get(holds.vertical, "start"),
                inside=inside,
                **more | {"radius": round(min(more.get("radius", 0), bounds.width / 2, bounds.height / 2), 2)},
            )
        )

    def _rect(self, layer: Layer, inside: int, *, keep: bool = False) -> None:
        edge = self._palette.stroke(layer)
        fill = edge if layer.type == "LINE" else self._palette.fill(layer)
        if fill or edge or keep:
            line = layer.type == "LINE"
            self._add(
                "rect", layer, inside, fill=fill, border="" if line else edge, radius=layer.corner_radius,
                stroke=layer.stroke_weight,
            )  # fmt: skip

    def _text(self, layer: Layer, inside: int) -> None:
        words = spoken(layer)
        if words:
            self._add("text", layer, inside, text=words, **self._type(layer))

    def _type(self, layer: Layer) -> dict[str, Any]:
        align = layer.style.text_align_horizontal.lower()
        return {
            "ink": self._palette.fill(layer, INK) or "text",
            "style": self._palette.style(layer.style),
            "align": align if align in {"center", "right"} else "left",
        }

    def _picture(self, name: str, layer: Layer, inside: int) -> None:
        slug = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:40]
        if not slug:
            raise UserError(f"layer {layer.called!r} has no name for its picture", "call it `Image: NAME`", "source")
        self._frame.pictures[layer.id] = f"{slug}.png"
        self._add("image", layer, inside, file=f"{slug}.png")

    def _live(self, kind: Kind, name: str, layer: Layer, inside: int) -> None:
        """A button, field or slot: what is drawn in it tells its look, its caption and its type."""
        name = f"slot.{name}" if kind == "slot" and not name.startswith("slot.") else name
        allowed = known(self._frame.screen, kind)
        if name not in allowed:
            what = f"frame {self._frame.name!r}: layer {layer.called!r} names no {kind} of {self._frame.screen}"
            raise UserError(what, f"known are: {', '.join(allowed) or 'none'}", "source")
        within = [x for x in _seen_in(layer) if x is not layer]
        text = next((x for x in within if x.type == "TEXT"), None)
        shape = next((x for x in (layer, *within) if x.type != "TEXT" and self._palette.fill(x)), layer)
        mark = next((m for x in within if (m := MARK.fullmatch(x.name)) and m[1].lower() == "icon"), None)
        more: dict[str, Any] = {"fill": self._palette.fill(shape), "border": self._palette.stroke(shape)}
        if kind == "button":
            more |= {"text": spoken(text) if text else "", "icon": (mark[2] or "").strip().lower() if mark else ""}
        if text:
            more |= self._type(text)
        radius = max((x.corner_radius for x in (layer, shape)), default=0)
        self._add(kind, layer, inside, id=name, radius=radius, stroke=shape.stroke_weight, **more)


def _seen_in(layer: Layer) -> list[Layer]:
    """Return a layer and all that is seen in it, as it is drawn."""
    if not layer.visible or layer.opacity == 0:
        return []
    return [layer, *(inner for child in layer.children for inner in _seen_in(child))]


def spoken(layer: Layer) -> str:
    """Return the words of a text in one line, at most 200 characters, in the case that the design shows."""
    words = " ".join(layer.characters.split())
    words = "".join(char for char in words if char.isprintable())[:200]
    return CASES.get(layer.style.text_case, str)(words)[:200]


def plain(frame: Frame) -> dict[str, Any]:
    """Return the frame as the plain elements that Tkinter Designer draws."""
    return {
        "id": "0", "name": "Frame", "type": "FRAME", "fills": _fills(""),
        "absoluteBoundingBox": _box(Box(0, 0, frame.w, frame.h)),
        "children": [_element(item, at) for at, item in enumerate(frame.items)],
    }  # fmt: skip


def _element(item: Item, at: int) -> dict[str, Any]:
    text = item.kind == "text"
    element: dict[str, Any] = {
        "id": str(at), "name": ELEMENTS.get(item.kind, "Text"), "type": "TEXT" if text else "RECTANGLE",
        "absoluteBoundingBox": _box(item.box), "fills": _fills(item.ink if text else item.fill), "cornerRadius": 0,
    }  # fmt: skip
    if text:
        face, _weight, size = item.style.split()
        element["style"] = {"fontFamily": "Inter" if face == "ui" else "Roboto", "fontSize": int(size)}
        element["characters"] = escaped(item.text)
    return element


def escaped(text: str) -> str:
    """Return a text that stands for itself between quotation marks in code."""
    return text.encode("unicode_escape").decode("ascii").replace('"', '\\"')


def _box(box: Box) -> dict[str, float]:
    return {"x": box.x, "y": box.y, "width": box.w, "height": box.h}


def _fills(colour: str) -> list[dict[str, Any]]:
    """Return the fill that Tkinter Designer, which cuts off instead of rounding, writes as this very colour."""
    if not colour.startswith("#"):
        return []
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return [{"color": dict(zip("rgba", [*((part + 0.5) / 255 for part in parts), 1], strict=True))}]


def document(made: list[Frame]) -> bytes:
    """Return the fresh file."""
    return msgspec.json.encode({"document": {"children": [{"children": [plain(frame) for frame in made]}]}})
