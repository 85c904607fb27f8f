"""What holds for an item by its category: the rule of the innermost category that has one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def innermost(path: Sequence[str], said: Callable[[str], T | None]) -> T | None:
    """Return what is said of the innermost of these categories (outermost first) of which anything is; else None.

    said: gets a name, case-folded; "" stands for every item and is asked last.
    """
    for name in (*reversed(path), ""):
        found = said(name.casefold())
        if found is not None:
            return found
    return None
