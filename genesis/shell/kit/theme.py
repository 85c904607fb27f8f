"""Theme tokens: a look is data, checked when it is loaded, so that no theme can make a till unreadable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec

from genesis.kernel.errors import UserError

Hex = Annotated[str, msgspec.Meta(pattern=r"^#[0-9A-Fa-f]{6}$")]
Dp = Annotated[int, msgspec.Meta(ge=0, le=96)]
Tone = Literal["", "info", "good", "warn", "bad", "off"]
TONES: tuple[str, ...] = get_args(Tone)
BASE = Path(__file__).parent / "base.json"

# What is read on what, and the least contrast (WCAG 2.2: text 4.5, text in high contrast 7, graphics 3).
TEXT_PAIRS = (
    ("text", "app"), ("text", "surface"), ("text", "subtle"), ("text", "primary_soft"), ("text", "cap"),
    ("text2", "app"), ("text2", "surface"), ("text2", "subtle"), ("text2", "primary_soft"), ("text2", "cap"),
    ("text3", "app"), ("text3", "surface"), ("text3", "subtle"),
    ("nav_text", "nav"), ("nav_on", "nav_active"), ("on_mark", "mark"),
    ("on_primary", "primary"), ("on_primary_cap", "primary_cap"), ("primary_text", "primary_soft"),
    ("primary_text", "surface"), ("on_chip", "chip"), ("on_count", "count"), ("on_toast", "toast"),
    ("good", "surface"), ("good", "good_soft"), ("warn", "surface"), ("warn", "warn_soft"),
    ("bad", "surface"), ("bad", "bad_soft"), ("info", "surface"), ("info", "info_soft"),
)  # fmt: skip
GRAPHIC_PAIRS = (
    ("input_border", "surface"), ("input_border", "app"), ("focus", "surface"), ("focus", "app"),
    ("primary", "app"), ("primary", "surface"), ("nav_mark", "nav"),
)  # fmt: skip


class Colors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every colour of the shell by its duty."""

    app: Hex
    surface: Hex
    subtle: Hex
    border: Hex
    line: Hex
    outline: Hex | None
    input_border: Hex
    focus: Hex
    text: Hex
    text2: Hex
    text3: Hex
    disabled: Hex
    disabled_soft: Hex
    cap: Hex
    nav: Hex
    nav_text: Hex
    nav_active: Hex
    nav_on: Hex
    nav_mark: Hex
    mark: Hex
    on_mark: Hex
    count: Hex
    on_count: Hex
    chip: Hex
    on_chip: Hex
    toast: Hex
    on_toast: Hex
    primary: Hex
    on_primary: Hex
    primary_cap: Hex
    on_primary_cap: Hex
    primary_soft: Hex
    primary_text: Hex
    good: Hex
    good_soft: Hex
    warn: Hex
    warn_soft: Hex
    bad: Hex
    bad_soft: Hex
    info: Hex
    info_soft: Hex
    shadow: Hex


class Radii(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Corner radii in dp."""

    cap: Dp
    field: Dp
    button: Dp
    card: Dp
    primary: Dp


class Theme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A look. tint: category colour name -> (background, foreground). shadow: strength 0 to 1.

    sizes: text style -> dp, where a theme wants another size than the kit's own. screens: the folder of its own screens
    (beside theme.json it is called `screens`), "" for none.
    """

    name: str
    mode: Literal["light", "dark", "contrast"]
    color: Colors
    tint: dict[str, tuple[Hex, Hex]]
    radius: Radii
    shadow: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    sizes: dict[str, Annotated[int, msgspec.Meta(ge=9, le=96)]] = {}
    screens: str = ""

    @property
    def veil(self) -> float:
        """How much of the page a veil takes away, 0 to 1; what is dark already needs more."""
        return 0.42 if self.mode == "light" else 0.62

    def veiled(self, colour: str) -> str:
        """Return a colour as it is seen through a veil."""
        return mix(colour, self.color.nav, self.veil)

    def tone(self, tone: str) -> tuple[str, str]:
        """Return (foreground, soft background) of a tone."""
        c = self.color
        if tone == "off":
            return c.text2, c.cap
        if tone == "":
            return c.primary_text, c.primary_soft
        return getattr(c, tone), getattr(c, f"{tone}_soft")

    def tints(self, name: str) -> tuple[str, str]:
        """Return (background, foreground) of a category tint; an unknown name gets the neutral one."""
        return self.tint.get(name) or (self.color.cap, self.color.text2)


def mix(one: str, other: str, share: float) -> str:
    """Return a colour between two, `share` of the way to the other."""
    parts = (round(int(one[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02X}" for part in parts)


def load(path: Path) -> Theme:
    """Read a theme.json (its `extends` names another file beside it, or "base").

    Raises UserError naming the file and every value or contrast that is not good enough.
    """
    merged = _merge(path, ())
    merged.pop("extends", None)
    try:
        theme = msgspec.convert(merged, Theme)
    except msgspec.ValidationError as wrong:
        raise UserError(f"theme {path}: {wrong}", "correct theme.json", "theme") from None
    if faint := faint_pairs(theme):
        raise UserError(f"theme {path}: too little contrast: {'; '.join(faint)}", "choose stronger colours", "theme")
    return theme


def _merge(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """Return the theme's values over those of the theme it extends (dictionaries are merged one level deep)."""
    if path in seen:
        raise UserError(f"theme {path}: extends itself", "correct `extends`", "extends")
    try:
        own = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as wrong:
        raise UserError(f"theme {path}: {wrong}", "write a JSON object into theme.json", "theme") from None
    if path == BASE:
        return own
    if isinstance(own.get("screens", ""), str) and (path.parent / own.get("screens", "screens")).is_dir():
        own["screens"] = str((path.parent / own.get("screens", "screens")).resolve())
    parent = own.get("extends", "base")
    if not isinstance(parent, str):
        raise UserError(f"theme {path}: extends is not a text", "name a theme.json or `base`", "extends")
    below = _merge(BASE if parent == "base" else (path.parent / parent).resolve(), (*seen, path))
    for key, value in own.items():
        inherited = below.get(key)
        below[key] = inherited | value if isinstance(inherited, dict) and isinstance(value, dict) else value
    return below


def luminance(colour: str) -> float:
    """Return the relative luminance of "#RRGGBB" (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def faint_pairs(theme: Theme) -> list[str]:
    """Return every declared pair below its limit, as "fg on bg: ratio < limit"."""
    least = 7.0 if theme.mode == "contrast" else 4.5
    c = theme.color
    checks = [(fg, bg, getattr(c, fg), getattr(c, bg), least) for fg, bg in TEXT_PAIRS]
    checks += [(fg, bg, getattr(c, fg), getattr(c, bg), 3.0) for fg, bg in GRAPHIC_PAIRS]
    checks += [(f"tint {name}", "its background", fg, bg, least) for name, (bg, fg) in theme.tint.items()]
    return [
        f"{fg} on {bg}: {ratio:.2f} < {limit:g}"
        for fg, bg, front, back, limit in checks
        if (ratio := contrast(front, back)) < limit
    ]
