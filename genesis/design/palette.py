"""Colours and type of a design in the words of the theme, so that it follows the theme by day and by night."""

from __future__ import annotations

from collections.abc import Iterable

from genesis.design.figma import Fill, Layer, Named, TypeStyle
from genesis.kernel.errors import UserError
from genesis.shell.kit.theme import Colors, Theme

# Two duties may have one colour; which is meant is told by what it is used for, the likeliest first.
GROUND = (
    "surface", "app", "subtle", "cap", "primary", "primary_soft", "primary_cap", "nav", "nav_active", "mark", "chip",
    "toast", "good_soft", "warn_soft", "bad_soft", "info_soft", "border", "line", "count", "nav_mark",
    "input_border", "disabled_soft",
)  # fmt: skip
INK = (
    "text", "text2", "text3", "on_primary", "primary_text", "nav_on", "nav_text", "on_primary_cap", "on_mark",
    "on_chip", "on_toast", "on_count", "primary", "good", "warn", "bad", "info",
)  # fmt: skip
EDGE = ("border", "line", "input_border", "primary", "focus", "primary_cap", "nav_active", "bad", "good")
FACES = {"inter": "ui", "roboto": "num"}
WEIGHTS = {"ui": (400, 500, 600), "num": (500, 600, 700)}


class Palette:
    """What a design's colours and fonts are called here. notices: what was not found, for the person who imports."""

    def __init__(self, theme: Theme, styles: dict[str, Named]) -> None:
        self._theme, self._styles = theme, styles
        self.notices: set[str] = set()

    def fill(self, layer: Layer, order: tuple[str, ...] = GROUND) -> str:
        """Return the colour that fills a layer, "" for none."""
        return self._colour(layer, layer.fills, ("fill", "fills"), order)

    def stroke(self, layer: Layer) -> str:
        """Return the colour of a layer's edge, "" for none."""
        return self._colour(layer, layer.strokes, ("stroke", "strokes"), EDGE)

    def _colour(self, layer: Layer, paints: Iterable[Fill], kinds: tuple[str, str], order: tuple[str, ...]) -> str:
        seen = [paint for paint in paints if paint.visible and paint.opacity > 0]
        if not seen:
            return ""
        paint = seen[-1]  # the uppermost
        if paint.type == "IMAGE":
            self.notices.add(
                f"layer {layer.called!r}: its picture is left out; name the layer `Image: NAME` to keep it"
            )
            return ""
        if paint.type != "SOLID" or paint.color is None:
            raise UserError(
                f"layer {layer.called!r} is filled with {paint.type}", "use one colour, or an Image", "source"
            )
        if paint.opacity < 1 or layer.opacity < 1:
            self.notices.add(f"layer {layer.called!r}: it is drawn without transparency")
        styled = next((self._styles[layer.styles[k]] for k in kinds if layer.styles.get(k) in self._styles), Named())
        name = styled.name.rpartition("/")[2].strip().lower()
        return name if name in Colors.__struct_fields__ else self._nearest(layer, paint.color.hex, order)

    def _nearest(self, layer: Layer, colour: str, order: tuple[str, ...]) -> str:
        for name in (*order, *Colors.__struct_fields__):
            if (getattr(self._theme.color, name) or "").upper() == colour:
                return name
        self.notices.add(f"layer {layer.called!r}: {colour} is no colour of the theme; it stays the same in every look")
        return colour

    def style(self, style: TypeStyle) -> str:
        """Return the type of a text as the kit names it; a font that is not shipped gives way to Inter."""
        family = style.font_family.strip().lower()
        face = FACES.get(family, "ui")
        if family not in FACES:
            self.notices.add(f"the font {style.font_family!r} is not shipped: Inter is used (Inter and Roboto are)")
        weight = min(WEIGHTS[face], key=lambda known: abs(known - style.font_weight))
        return f"{face} {weight} {max(round(style.font_size), 8)}"
