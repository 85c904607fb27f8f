"""Brings a design into a theme: read, prepared, drawn by Tkinter Designer, adopted, checked, and only then written."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from genesis.design import adopt, figma, generate, prepare
from genesis.design.palette import Palette
from genesis.design.source import Source
from genesis.kernel.errors import UserError
from genesis.shell.designed import Design, Item, Layout, problems
from genesis.shell.kit import icons
from genesis.shell.kit.theme import Theme, load as load_theme

TOOL, RELEASE = "tkdesigner", "1.0.7"
NEEDED = f"{TOOL}=={RELEASE} jinja2 requests urllib3 idna certifi"
PATIENCE = 120  # s for a design; one takes half a second


class Brought(NamedTuple):
    """What an import wrote, and what the person should know."""

    files: list[Path]
    notices: list[str]


def bring(source: Source, folder: Path) -> Brought:
    """Write the screens of a design into a theme; where something is wrong raises UserError and writes nothing.

    folder: where theme.json lies; its colours give the design its meaning.
    """
    check_tool()
    theme = _theme(folder)
    file = figma.read(source.document(), "the design")
    palette = Palette(theme, file.styles)
    frames = prepare.frames(file, palette)
    _check(_designs((frame.screen, _sketch(frame)) for frame in frames), theme)
    designs = adopted(frames)
    _check(designs, theme)
    pictures = source.pictures({layer: name for frame in frames for layer, name in frame.pictures.items()})
    return Brought(_write(folder / "screens", designs, pictures), sorted(palette.notices))


def _theme(folder: Path) -> Theme:
    if not (folder / "theme.json").is_file():
        raise UserError(f"{folder} holds no theme.json", "name the folder of a theme", "theme")
    return load_theme(folder / "theme.json")


def _check(designs: list[Design], theme: Theme) -> None:
    if faults := [f"{design.screen}: {fault}" for design in designs for fault in _faults(design, theme)]:
        raise UserError("; ".join(faults), "correct the design in Figma and import it again", "source")


def _faults(design: Design, theme: Theme) -> list[str]:
    names = {item.icon for layout in design.layouts for item in layout.items if item.icon}
    lost = [
        f"there is no icon {name!r}: icons have the names of Lucide" for name in sorted(names) if not icons.exists(name)
    ]
    return [*problems(design, theme), *lost]


def check_tool() -> None:
    """Raise UserError with the command to type where Tkinter Designer is not there, or is another release."""
    try:
        found = importlib.metadata.version(TOOL)
    except importlib.metadata.PackageNotFoundError:
        found = ""
    if found != RELEASE:
        what = f"Tkinter Designer is {found}, not {RELEASE}" if found else "Tkinter Designer is not installed"
        remedy = f"type: {sys.executable} -m pip install --no-deps {NEEDED}"
        raise UserError(f"{what} (only importing needs it, no till does)", remedy)


def adopted(frames: list[prepare.Frame]) -> list[Design]:
    """Let Tkinter Designer draw the frames, and read what it drew."""
    with tempfile.TemporaryDirectory(prefix="genesis-design-") as name:
        folder = Path(name)
        (folder / "file.json").write_bytes(prepare.document(frames))
        run_tool(folder)
        drawn = []
        for at, frame in enumerate(frames):
            code = (folder / f"gui{at or ''}.py").read_text(encoding="utf-8")
            drawn.append((frame.screen, _layout(frame, adopt.read(code, frame.name))))
    return _designs(drawn)


def _designs(drawn: Iterable[tuple[str, Layout]]) -> list[Design]:
    """Put the layouts of each screen together."""
    layouts: dict[str, list[Layout]] = {}
    for screen, layout in drawn:
        layouts.setdefault(screen, []).append(layout)
    designs = [Design(screen=screen, layouts=tuple(some)) for screen, some in layouts.items()]
    try:
        return msgspec.convert(msgspec.to_builtins(designs), list[Design])
    except msgspec.ValidationError as wrong:
        raise UserError(f"the design does not fit: {wrong}", "correct it in Figma and import it again") from None


def run_tool(folder: Path) -> None:
    """Run Tkinter Designer in a process of its own; it gets no token and no settings of this one."""
    command = [sys.executable, "-I", generate.__file__, str(folder)]  # with `-m` all of Genesis is imported first
    keep = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "HOME", "LANG") if name in os.environ}
    try:
        done = subprocess.run(command, cwd=folder, env=keep, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise UserError("Tkinter Designer did not come to an end", "make the design simpler") from None
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
        raise UserError(f"Tkinter Designer failed ({last[:200]})", "nothing was imported")


def _sketch(frame: prepare.Frame) -> Layout:
    """Return a frame as it was prepared, to be checked before the work of drawing it."""
    return Layout(w=frame.w, h=frame.h, ground=frame.ground, items=tuple(frame.items))


def _layout(frame: prepare.Frame, code: adopt.Code) -> Layout:
    """Join what was drawn with what was kept beside it: they must be of one kind, one text and one place."""
    if (code.w, code.h) != (frame.w, frame.h) or len(code.elements) != len(frame.items):
        raise UserError(f"frame {frame.name!r} was not drawn whole", "nothing was imported")
    items = [_joined(frame, at, item, code.elements[at]) for at, item in enumerate(frame.items)]
    return msgspec.structs.replace(_sketch(frame), items=tuple(items))


def _joined(frame: prepare.Frame, at: int, item: Item, drawn: adopt.Element) -> Item:
    kind = "rect" if item.kind == "slot" else item.kind
    x, y = (drawn.x - item.w // 2, drawn.y - item.h // 2) if kind == "image" else (drawn.x, drawn.y)
    w, h = item.w if drawn.w is None else drawn.w, item.h if drawn.h is None else drawn.h
    near = all(abs(a - b) <= adopt.SMOOTH for a, b in zip((x, y, w, h), item.box, strict=True))
    colour = item.ink if kind == "text" else item.fill if kind == "rect" else ""
    size = f" {drawn.size}" if kind == "text" else ""
    same = (not colour.startswith("#") or drawn.fill == colour) and item.style.endswith(size)
    if kind != drawn.kind or not near or not same or (kind == "text" and drawn.text != item.text):
        raise UserError(f"frame {frame.name!r}: element {at} was drawn as something else", "nothing was imported")
    return msgspec.structs.replace(item, x=round(x, 2), y=round(y, 2), w=round(w, 2), h=round(h, 2))


def _write(folder: Path, designs: list[Design], pictures: dict[str, bytes]) -> list[Path]:
    """Write pictures first, so that no screen names one that is not there."""
    texts = [(folder / "assets" / name, data) for name, data in sorted(pictures.items())]
    texts += [(folder / f"{design.screen}.json", written(design)) for design in designs]
    for path, data in texts:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.{os.getpid()}")
        half.write_bytes(data)
        half.replace(path)
    return [path for path, _data in texts]


def written(design: Design) -> bytes:
    """Return a design as it is kept: one item a line, so that a change reads as a change."""

    def body(layout: Layout) -> str:
        items = ",\n".join("    " + msgspec.json.encode(item).decode() for item in layout.items)
        head = f'"w": {layout.w:g}, "h": {layout.h:g}, "ground": "{layout.ground}"'
        return f'  {{{head}, "items": [\n{items}\n  ]}}'

    layouts = ",\n".join(body(layout) for layout in design.layouts)
    return f'{{"screen": "{design.screen}", "layouts": [\n{layouts}\n]}}\n'.encode()
