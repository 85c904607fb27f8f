"""A screen that a designer drew, as data: what it may hold, whether it can be used, and how it fits a window.

A theme keeps `screens/<screen>.json`, written by `genesis design import`. A design places native buttons, fields and
texts and leaves slots for what is live; it never holds code, and what it names must be known here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec

from genesis.kernel.errors import UserError
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.theme import Colors, Theme, contrast

Kind = Literal["rect", "text", "image", "button", "field", "slot"]
Hold = Literal["start", "end", "middle", "stretch", "scale"]
Length = Annotated[float, msgspec.Meta(ge=0, le=8192)]
Colour = Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]*|#[0-9A-F]{6}|)$")]
Words = Annotated[str, msgspec.Meta(max_length=200)]

LEAST_SCALE = 0.7  # a layout is not drawn smaller than this: the built-in screen is, which knows how to fold
TOUCH = 40  # the least side of what is touched, in the design's own units
STRETCHED = 2.4  # how much longer than the design one side of a window may be
GROUNDS = {"app", "surface", "subtle"}  # what the live parts of a slot can be read on


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing of a layout, in units of the design.

    id: action of a button, name of a field or slot. across, down: what it keeps when the window is larger, inside: of
    which earlier item (-1: the layout). fill, ink, border: a duty of the theme, "#RRGGBB" or none. style: "ui 600 18"
    (face, weight, size). file: a PNG in `assets`.
    """

    kind: Kind
    x: Length
    y: Length
    w: Length
    h: Length
    id: str = ""
    across: Hold = "start"
    down: Hold = "start"
    inside: int = -1
    text: Words = ""
    fill: Colour = ""
    ink: Colour = ""
    border: Colour = ""
    radius: Length = 0
    stroke: Length = 1
    style: Annotated[str, msgspec.Meta(pattern=r"^((ui (400|500|600)|num (500|600|700)) [0-9]{1,3}|)$")] = ""
    align: Literal["left", "center", "right"] = "left"
    icon: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]*$")] = ""
    file: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9_-]+\.png|)$")] = ""

    @property
    def box(self) -> Box:
        """Where it stands in the design."""
        return Box(self.x, self.y, self.w, self.h)


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One drawing of a screen, made for a window of w by h."""

    w: Annotated[float, msgspec.Meta(ge=320, le=8192)]
    h: Annotated[float, msgspec.Meta(ge=240, le=8192)]
    ground: Colour
    items: Annotated[tuple[Item, ...], msgspec.Meta(max_length=500)]


class Design(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A screen, drawn for one or more sizes of window."""

    screen: str
    layouts: Annotated[tuple[Layout, ...], msgspec.Meta(min_length=1, max_length=8)]


class Surface(NamedTuple):
    """What a screen offers to a design.

    areas: slots that hold live parts, with their least size. texts: slots of one live text. needs: what every layout
    must hold, each as its alternatives.
    """

    actions: tuple[str, ...]
    fields: tuple[str, ...]
    areas: dict[str, tuple[int, int]]
    texts: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of all slots."""
        return (*self.areas, *self.texts)


DIGITS = (*(f"amount.{digit}" for digit in range(10)), "amount.00", "amount.point")
SURFACES = {
    "payment": Surface(
        actions=(
            "payment.back", "payment.complete", "payment.receipt", "payment.resolve", "payment.stop", "amount.exact",
            "amount.back", "amount.clear", *DIGITS, *(f"payment.method.{n}" for n in range(1, 10)),
        ),
        fields=(),
        areas={
            "slot.tenders": (150, 200), "slot.presets": (300, 40), "slot.keypad": (280, 180),
            "slot.summary": (240, 260), "slot.notice": (200, 40),
        },
        texts=("slot.title", "slot.detail", "slot.said", "slot.amount", "slot.due", "slot.change"),
        needs=(
            ("slot.tenders",), ("slot.presets",), ("slot.amount",), ("slot.due",), ("slot.change",), ("payment.back",),
            ("payment.complete", "slot.keypad"),
        ),
    ),
    "sign_in": Surface(
        actions=("sign_in.enter",),
        fields=("sign_in.name", "sign_in.secret"),
        areas={"slot.people": (240, 100), "slot.notice": (200, 40)},
        texts=("slot.store", "slot.register", "slot.error"),
        needs=(("sign_in.name",), ("sign_in.secret",), ("sign_in.enter",), ("slot.error",)),
    ),
    "display": Surface(
        actions=(),
        fields=(),
        areas={"slot.lines": (200, 104), "slot.sums": (180, 56)},
        texts=("slot.store", "slot.message", "slot.label", "slot.total", "slot.received", "slot.change"),
        needs=(("slot.lines",), ("slot.total",), ("slot.change",)),
    ),
}  # fmt: skip


def known(screen: str, kind: str) -> tuple[str, ...]:
    """Return the names that a kind of item may have on a screen."""
    surface = SURFACES[screen]
    return {"button": surface.actions, "field": surface.fields, "slot": surface.slots}.get(kind, ())


def load(path: Path, theme: Theme) -> Design:
    """Read and check a screen of a theme; raises UserError naming the file and all that is wrong."""
    try:
        design = msgspec.json.decode(path.read_bytes(), type=Design)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise UserError(f"design {path}: {wrong}", "import the design again", "screens") from None
    if faults := [*problems(design, theme), *_lost_files(design, path.parent / "assets")]:
        raise UserError(f"design {path}: {'; '.join(faults)}", "correct the design and import it again", "screens")
    return design


def screens(theme: Theme) -> tuple[dict[str, Design], list[UserError]]:
    """Return the screens that a theme has of its own, and what is wrong with those that cannot be used."""
    found: dict[str, Design] = {}
    faults = []
    for screen in SURFACES if theme.screens else ():
        path = Path(theme.screens) / f"{screen}.json"
        try:
            if path.exists():
                found[screen] = load(path, theme)
        except UserError as fault:
            faults.append(fault)
    return found, faults


def _lost_files(design: Design, folder: Path) -> list[str]:
    names = {item.file for layout in design.layouts for item in layout.items if item.file}
    return [f"the picture assets/{name} is missing" for name in sorted(names) if not (folder / name).is_file()]


def problems(design: Design, theme: Theme | None) -> list[str]:
    """Return all that would make a screen unusable: unknown names, what is missing, hidden, too small or too faint."""
    if design.screen not in SURFACES:
        return [f"there is no screen {design.screen!r}: known are {', '.join(SURFACES)}"]
    found: list[str] = []
    for layout in design.layouts:
        size = f" (layout {layout.w:g}x{layout.h:g})" if len(design.layouts) > 1 else ""
        faults = [*_names(design.screen, layout), *_places(design.screen, layout)]
        faults += _colours(layout, theme) if theme else []
        found += [fault + size for fault in faults]
    return found


def _names(screen: str, layout: Layout) -> Iterator[str]:
    seen: set[str] = set()
    for at, item in enumerate(layout.items):
        allowed = known(screen, item.kind)
        if item.kind in {"button", "field", "slot"} and item.id not in allowed:
            yield f"{screen} has no {item.kind} {item.id!r}: known are {', '.join(allowed) or 'none'}"
        elif item.id and item.id in seen:
            yield f"{item.id} is there twice"
        seen.add(item.id)
        if item.kind == "image" and not item.file:
            yield f"item {at} is a picture without a file"
        if not -1 <= item.inside < at:
            yield f"item {at} stands inside of item {item.inside}, which does not come before it"
    for choice in SURFACES[screen].needs:
        if not seen.intersection(choice):
            yield f"{' or '.join(choice)} is missing"


def _places(screen: str, layout: Layout) -> Iterator[str]:
    """What lies outside, is too small, or hides something that is touched, at the design's size and stretched."""
    areas = SURFACES[screen].areas
    live = [at for at, item in enumerate(layout.items) if item.kind in {"button", "field", "slot"}]
    for item in (layout.items[at] for at in live):
        least = areas.get(item.id) or ((TOUCH, TOUCH) if item.kind in {"button", "field"} else (20, 12))
        if item.w < least[0] or item.h < least[1]:
            yield f"{item.id} is {item.w:g}x{item.h:g}, too small (at least {least[0]}x{least[1]})"
    if any(not -1 <= item.inside < at for at, item in enumerate(layout.items)):
        return
    frames = [Box(0, 0, layout.w * wide, layout.h * high) for wide, high in ((1, 1), (STRETCHED, 1), (1, STRETCHED))]
    sizes = [fit(layout, frame.w, frame.h, 1.0) for frame in frames]
    for at, item in enumerate(layout.items):
        if not all(boxes[at].within(frame, 1) for boxes, frame in zip(sizes, frames, strict=True)):
            yield f"{item.id or item.kind + ' ' + str(at)} lies outside of the screen"
    for one, other in combinations(live, 2):
        # what keeps its side of the other at both ends of a stretch keeps it in between, as all edges move in lines
        normal, wide, high = (_sides(boxes[one], boxes[other]) for boxes in sizes)
        if not normal & wide or not normal & high:
            yield f"{layout.items[one].id} and {layout.items[other].id} overlap"


def _sides(one: Box, other: Box) -> set[str]:
    """Return on which sides of another a box lies."""
    sides = {
        "left": one.right - other.x, "right": other.right - one.x, "above": one.bottom - other.y,
        "below": other.bottom - one.y,
    }  # fmt: skip
    return {side for side, over in sides.items() if over <= 1}


def _colours(layout: Layout, theme: Theme) -> Iterator[str]:
    """Names that are no colour, and texts that cannot be read on what they stand on."""
    used = {layout.ground, *(c for item in layout.items for c in (item.fill, item.ink, item.border))}
    if wrong := sorted(c for c in used if c and not c.startswith("#") and c not in Colors.__struct_fields__):
        yield f"the theme has no colour {', '.join(wrong)}"
        return
    least = 7.0 if theme.mode == "contrast" else 4.5
    for at, item in enumerate(layout.items):
        ground = ground_of(layout, at)
        if item.id == "slot.notice":
            continue  # it brings its own ground
        if item.kind in {"slot", "field"} and not item.ink:
            if ground not in GROUNDS:
                yield f"{item.id} stands on {ground or 'a picture'}: live parts need {', '.join(sorted(GROUNDS))}"
        elif ground and (item.text or item.kind in {"slot", "button"}):
            ratio = contrast(colour(theme, item.ink or "text"), colour(theme, ground))
            if ratio < least:
                said = f"{item.text or item.id!r}: {item.ink or 'text'} on {ground}"
                yield f"{said} has a contrast of {ratio:.2f} < {least:g}"


def ground_of(layout: Layout, at: int) -> str:
    """Return the colour that an item's text stands on, "" over a picture."""
    return layout.items[at].fill or under(layout, at)


def under(layout: Layout, at: int) -> str:
    """Return the colour that an item itself stands on, "" over a picture."""
    item = layout.items[at]
    for below in reversed(layout.items[:at]):
        if below.box.contains(item.box.cx, item.box.cy):
            if below.kind == "image":
                return ""
            if below.kind in {"rect", "button"} and below.fill:
                return below.fill
    return layout.ground


def colour(theme: Theme, name: str) -> str:
    """Return the colour of a duty, or the colour itself."""
    return name if name.startswith("#") else str(getattr(theme.color, name))


def scale_for(layout: Layout, width: float, height: float) -> float:
    """Return by how much a layout is enlarged to fill a window."""
    return min(width / layout.w, height / layout.h)


def choose(design: Design, width: float, height: float) -> Layout | None:
    """Return the layout whose own size is nearest; None where each would have to shrink too much or stretch too far."""

    def usable(layout: Layout) -> bool:
        scale = scale_for(layout, width, height)
        stretched = max(width / layout.w, height / layout.h) / scale
        return scale >= LEAST_SCALE and stretched <= STRETCHED

    fitting = filter(usable, design.layouts)
    return min(fitting, key=lambda x: abs(math.log(scale_for(x, width, height))), default=None)


def fit(layout: Layout, width: float, height: float, scale: float = 0.0) -> list[Box]:
    """Return where the items stand in a window: the layout enlarged, and what is left over given by their holds."""
    scale = scale or scale_for(layout, width, height)
    whole, frame = Box(0, 0, layout.w, layout.h), Box(0, 0, width / scale, height / scale)
    placed: list[Box] = []
    for item in layout.items:
        old, new = (whole, frame) if item.inside < 0 else (layout.items[item.inside].box, placed[item.inside])
        x, w = _held(item.across, (item.x, item.w), (old.x, old.w), (new.x, new.w))
        y, h = _held(item.down, (item.y, item.h), (old.y, old.h), (new.y, new.h))
        placed.append(Box(x, y, w, h))
    return [Box(b.x * scale, b.y * scale, b.w * scale, b.h * scale) for b in placed]


def _held(hold: Hold, own: Iterable[float], old: Iterable[float], new: Iterable[float]) -> tuple[float, float]:
    """Return start and length along one axis, when what it stands in goes from `old` to `new`."""
    (start, length), (old_start, old_length), (new_start, new_length) = own, old, new
    shift, more = new_start - old_start, new_length - old_length
    if hold == "scale":
        factor = new_length / old_length if old_length else 1.0
        return new_start + (start - old_start) * factor, length * factor
    if hold == "stretch":
        return start + shift, length + more
    return start + shift + {"start": 0.0, "middle": more / 2, "end": more}[hold], length
