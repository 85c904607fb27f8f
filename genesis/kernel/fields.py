"""Fields that a person fills in, as values: forms, drawers and questions of every host are made of them."""

from __future__ import annotations

from typing import Literal

import msgspec

FieldKind = Literal["text", "lines", "number", "money", "date", "choice", "options", "yesno", "secret", "file"]


class FieldSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One field. What is filled in is text: a number with a point, a date as 2026-11-25, yes or no as "1" or "".

    kind: lines takes several lines of text, money the store's currency, secret is masked, file is a path.
    choices: (value, label) of a choice; a plain text is both. options: big buttons of which `least` to `most` are
    taken; filled in are their values, separated by commas. help: small print below. suffix: a unit behind it.
    half: shares its row with the field beside it. fixed: shown, not to be changed.
    """

    name: str
    label: str
    kind: FieldKind = "text"
    choices: tuple[str | tuple[str, str], ...] = ()
    help: str = ""
    suffix: str = ""
    required: bool = False
    least: int = 0
    most: int = 1
    half: bool = False
    fixed: bool = False
