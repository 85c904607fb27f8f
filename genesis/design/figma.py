"""What is read of a Figma file: typed, limited, and nothing else of it goes further."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from genesis.kernel.errors import UserError

Far = Annotated[float, msgspec.Meta(ge=-100_000, le=100_000)]
Length = Annotated[float, msgspec.Meta(ge=0, le=8192)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Name = Annotated[str, msgspec.Meta(max_length=500)]
NODES = 3_000  # layers in a file; a screen has about fifty
DEEP = 40  # layers within layers
ID = re.compile(r"[A-Za-z0-9:;,_-]{1,120}")


class Rgb(msgspec.Struct, frozen=True):
    """A colour, each part 0 to 1."""

    r: Share = 0
    g: Share = 0
    b: Share = 0

    @property
    def hex(self) -> str:
        """The colour as "#RRGGBB"."""
        return "#" + "".join(f"{round(part * 255):02X}" for part in (self.r, self.g, self.b))


class Fill(msgspec.Struct, frozen=True):
    """A fill or stroke."""

    type: Name
    visible: bool = True
    opacity: Share = 1
    color: Rgb | None = None


class Bounds(msgspec.Struct, frozen=True):
    """Where a layer stands on the canvas."""

    x: Far
    y: Far
    width: Length
    height: Length


class Constraints(msgspec.Struct, frozen=True):
    """What a layer keeps when its frame changes size."""

    horizontal: Name = "LEFT"
    vertical: Name = "TOP"


class TypeStyle(msgspec.Struct, frozen=True, rename="camel"):
    """The type of a text."""

    font_family: Name = "Inter"
    font_weight: Annotated[float, msgspec.Meta(ge=1, le=1000)] = 400
    font_size: Annotated[float, msgspec.Meta(ge=1, le=400)] = 14
    text_case: Name = "ORIGINAL"
    text_align_horizontal: Name = "LEFT"


class Layer(msgspec.Struct, frozen=True, rename="camel"):
    """A node of the file."""

    name: Annotated[str, msgspec.Meta(max_length=10_000)]  # of a text it is the text itself
    type: Name
    id: str = "0"
    visible: bool = True
    children: list[Layer] = []
    absolute_bounding_box: Bounds | None = None
    fills: list[Fill] = []
    strokes: list[Fill] = []
    stroke_weight: Length = 1
    corner_radius: Annotated[float, msgspec.Meta(ge=0)] = 0  # often 9999 for what is round
    opacity: Share = 1
    rotation: Far = 0
    characters: Annotated[str, msgspec.Meta(max_length=5_000)] = ""
    style: TypeStyle = TypeStyle()
    styles: dict[str, str] = {}
    constraints: Constraints = Constraints()

    @property
    def called(self) -> str:
        """The name as a message says it."""
        return " ".join(self.name.split())[:60]


class Named(msgspec.Struct, frozen=True):
    """A style of the file."""

    name: Name = ""


class File(msgspec.Struct, frozen=True):
    """The answer of `GET /v1/files/KEY`."""

    document: Layer
    styles: dict[str, Named] = {}


def read(text: bytes, where: str) -> File:
    """Read a file as the Figma interface gives it; raises UserError where it is none, or larger than a design is."""
    try:
        file = msgspec.json.decode(text, type=File)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        what = f"{where} is not a Figma file ({wrong})"
        raise UserError(what, "export it from Figma's interface: GET /v1/files/KEY", "source") from None
    except RecursionError:
        raise UserError(f"{where} has layers nested too deeply", f"use at most {DEEP} levels", "source") from None
    _measure(file.document, where)
    return file


def _measure(root: Layer, where: str) -> None:
    """Refuse what is too large, or has an id that could mean something in an address."""
    level, count = [root], 0
    for _depth in range(DEEP):
        count += len(level)
        if count > NODES:
            raise UserError(
                f"{where} has more than {NODES} layers", "keep one screen in a frame, no pictures", "source"
            )
        for layer in level:
            if not ID.fullmatch(layer.id):
                raise UserError(f"{where}: layer {layer.called!r} has the id {layer.id!r}", "export it again", "source")
        level = [child for layer in level for child in layer.children]
        if not level:
            return
    raise UserError(f"{where} has layers nested too deeply", f"use at most {DEEP} levels", "source")
