"""Draws Figma files: layers as Figma's interface writes them, made here by hand and by chance."""

from __future__ import annotations

import random
from itertools import count
from typing import Any

Node = dict[str, Any]
Place = tuple[float, float, float, float]
_numbers = count(1)


def colour(hexed: str) -> dict[str, float]:
    red, green, blue = (int(hexed[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return {"r": red, "g": green, "b": blue, "a": 1}


def solid(hexed: str) -> list[Node]:
    return [{"type": "SOLID", "blendMode": "NORMAL", "color": colour(hexed)}] if hexed else []


def layer(name: str, type: str, place: Place, fill: str = "", **more: Any) -> Node:
    x, y, width, height = place
    return {
        "id": f"{next(_numbers)}:{next(_numbers)}",
        "name": name,
        "type": type,
        "scrollBehavior": "SCROLLS",
        "absoluteBoundingBox": {"x": x, "y": y, "width": width, "height": height},
        "fills": solid(fill),
        "strokes": [],
        "constraints": {"horizontal": "LEFT", "vertical": "TOP"},
    } | more


def rect(name: str, place: Place, fill: str, **more: Any) -> Node:
    return layer(name, "RECTANGLE", place, fill, **more)


def text(words: str, place: Place, fill: str = "#171717", **style: Any) -> Node:
    wanted = {"fontFamily": "Inter", "fontWeight": 400, "fontSize": 16.0, "textAlignHorizontal": "LEFT"} | style
    return layer(words[:20], "TEXT", place, fill, characters=words, style=wanted)


def group(name: str, place: Place, *children: Node, type: str = "GROUP", **more: Any) -> Node:
    return layer(name, type, place, children=list(children), **more)


def button(action: str, place: Place, caption: str = "", fill: str = "#FFFFFF", ink: str = "#171717") -> Node:
    inner = [rect("ground", place, fill, cornerRadius=10.0)]
    return group(f"Button: {action}", place, *inner, *([text(caption, place, ink)] if caption else []))


def frame(name: str, place: Place, *children: Node, fill: str = "#F0F0F0") -> Node:
    return group(name, place, *children, type="FRAME", fill=fill) | {"fills": solid(fill)}


def file(*frames: Node, styles: dict[str, Any] | None = None) -> Node:
    page = {"id": "0:1", "name": "Page 1", "type": "CANVAS", "children": list(frames)}
    document = {"id": "0:0", "name": "Document", "type": "DOCUMENT", "children": [page]}
    return {"name": "drawn", "document": document, "styles": styles or {}, "schemaVersion": 0}


def payment(*more: Node, name: str = "payment", at: tuple[float, float] = (0, 0)) -> Node:
    """A payment screen with all that it needs, and more."""
    x, y = at
    slots = {
        "tenders": (20, 90, 240, 480),
        "presets": (280, 240, 480, 56),
        "keypad": (280, 310, 480, 360),
        "amount": (280, 130, 260, 70),
        "due": (560, 130, 200, 40),
        "change": (560, 180, 200, 36),
    }
    parts = [rect(f"Slot: {slot}", (x + a, y + b, w, h), "#FFFFFF") for slot, (a, b, w, h) in slots.items()]
    return frame(name, (x, y, 1280, 800), *parts, button("payment.back", (x + 20, y + 12, 136, 48), "Back"), *more)


def by_chance(seed: int, actions: list[str], slots: dict[str, tuple[int, int]]) -> tuple[Node, dict[str, Place]]:
    """A payment screen whose layers stand in any order, depth and spelling; returns it and where the buttons are."""
    rng = random.Random(seed)
    left, top = rng.uniform(-3000, 3000), rng.uniform(-3000, 3000)
    cells = [(20 + 158 * i, 20 + 63 * j) for i in range(5) for j in range(12)]
    rng.shuffle(cells)
    layers: list[Node] = []
    places: dict[str, Place] = {}
    for action in actions:
        x, y = cells.pop()
        places[action] = (x, y, rng.randint(48, 150), rng.randint(44, 58))
        spelled = rng.choice(["Button: {}", "button:{}", "BUTTON : {}", "Button / {}", "  button:   {} "]).format(
            action
        )
        words = "".join(rng.choices("abc \"'{}%\\$;#ü€\n", k=rng.randint(0, 12)))
        there = (left + x, top + y, places[action][2], places[action][3])
        inner = [rect(_word(rng), there, "#FFFFFF")] + ([text(words, there)] if words else [])
        layers.append(group(spelled, there, *inner, type=rng.choice(["GROUP", "FRAME", "INSTANCE", "COMPONENT"])))
    down = 20.0
    for slot, (w, h) in slots.items():
        spelled = rng.choice(["Slot: {}", "rectangle: slot.{}", "SLOT:{}"]).format(slot)
        layers.append(rect(spelled, (left + 820, top + down, max(w, 40), max(h, 20)), "#FFFFFF"))
        down += max(h, 20) + 6
    rng.shuffle(layers)
    while rng.random() < 0.8:  # any of them in groups within groups
        taken = [layers.pop() for _ in range(min(len(layers), rng.randint(1, 6)))]
        layers.append(group(_word(rng), (left, top, 1280, 800), *taken))
        rng.shuffle(layers)
    hidden = button("payment.nonsense", (left, top, 10, 10)) | {"visible": False}
    return frame("payment", (left, top, 1280, 800), hidden, *layers), places


def _word(rng: random.Random) -> str:
    return "".join(rng.choices("xyzäß'\"; \\", k=rng.randint(1, 9)))
