"""What other plugins keep of a product: fields in its form and its lists, handed on with every item that is sold.

A plugin answers `product_fields`; what is filled in is kept with the product as text and stands in the item's section
of that plugin, so that its hooks see it without a table of their own. Of a plugin that is off everything is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from genesis import FieldSpec, Pos, Section, UserError, decimal, many, taken
from genesis.hooks import inventory

MOST = 4_000  # characters of all of it
Kept = dict[str, dict[str, str]]  # plugin -> field -> text
_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Kept).decode


def kept(more: str | None) -> Kept:
    """Return what is kept with a product."""
    return _decode(more) if more else {}


def checked(value: object) -> str | None:
    """Return it as it is kept, None for nothing; UserError where it is no such text."""
    if not value:
        return None
    try:
        found = _decode(value) if isinstance(value, str) else msgspec.convert(value, Kept)
    except msgspec.MsgspecError as error:
        raise UserError("more: it is not what plugins keep of a product", "leave it out", "more") from error
    texts = {plugin: {name: text for name, text in fields.items() if text} for plugin, fields in found.items()}
    line = _encode({plugin: fields for plugin, fields in texts.items() if fields}).decode()
    if len(line) > MOST:
        raise UserError(
            many("more: it has {count} character", "more: it has {count} characters", len(line)),
            f"use at most {MOST}",
            "more",
        )
    return line if line != "{}" else None


def fields(pos: Pos) -> dict[str, list[FieldSpec]]:
    """Return the fields that plugins give a product, each named "<plugin>.<field>"."""
    asked = pos.hooks.authored(inventory.product_fields)()
    return {author: [msgspec.structs.replace(one, name=f"{author}.{one.name}") for one in found]
            for author, found in asked}  # fmt: skip


def sections(pos: Pos) -> list[Section]:
    """Return them as sections of the form, each under its plugin's name."""
    return [Section(title=author.replace("_", " ").capitalize(), author=author, fields=tuple(found))
            for author, found in sorted(fields(pos).items())]  # fmt: skip


def values(pos: Pos, more: str | None) -> dict[str, str]:
    """Return what stands in these fields."""
    found = kept(more)
    return {one.name: found.get(author, {}).get(one.name.partition(".")[2], "")
            for author, theirs in fields(pos).items() for one in theirs}  # fmt: skip


def merged(known: Mapping[str, list[FieldSpec]], more: str | None, filled: Mapping[str, str]) -> str | None:
    """Return what is kept after these fields were filled in; UserError names the field at fault."""
    found = kept(more)
    for author, theirs in known.items():
        for one in theirs:
            if one.name in filled:
                found.setdefault(author, {})[one.name.partition(".")[2]] = _fitting(one, filled[one.name].strip())
    return checked(found)


def _fitting(field: FieldSpec, text: str) -> str:
    if not text:
        return ""
    if field.kind in {"number", "money"}:
        decimal(text, field.name, 4)
    if field.kind == "choice":
        known = [one if isinstance(one, str) else one[0] for one in field.choices]
        if text not in known:
            raise UserError(f"{field.name}: {text[:40]!r} is no choice", f"use {', '.join(known)}", field.name)
    if field.kind == "options":
        return ",".join(taken(field, text))
    if field.kind == "date":
        _day(field.name, text)
    return text


def _day(name: str, text: Any) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"{name}: {text[:40]!r} is no date", "write it as 2026-12-31", name) from error
