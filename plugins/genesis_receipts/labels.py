"""What the labels of a receipt are called in the language of the store, in the words of this plugin's catalogues."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

SPOKEN = frozenset({"de", "es", "fr", "ar"})  # others say their labels in English


def spoken(language: str) -> Callable[[str], str]:
    """Return what says a label in a language; in English where the plugin has none."""
    words = _words(language) if language in SPOKEN else {}
    return lambda label: words.get(label, label)


@lru_cache(4)
def _words(language: str) -> dict[str, str]:
    """Read the catalogue of a language."""
    from babel.messages.pofile import read_po

    with (Path(__file__).parent / "locale" / f"{language}.po").open("rb") as file:
        messages = read_po(file)
    return {m.id: m.string for m in messages if isinstance(m.id, str) and isinstance(m.string, str) and m.string}


def labels(language: str) -> dict[str, str]:
    """Return the labels that others write (the kernel, and the usual ways to pay) by what they are in English."""
    _ = spoken(language)
    return {
        "TRAINING - NOT A RECEIPT": _("TRAINING - NOT A RECEIPT"),
        "COPY": _("Copy").upper(),
        "Total": _("Total"),
        "Rounding": _("Rounding"),
        "Change": _("Change"),
        "Tip": _("Tip"),
        "return of": _("return of"),
        "Cash": _("Cash"),
        "Card": _("Card"),
        "Gift card": _("Gift card"),
        "On account": _("On account"),
        "Store credit": _("Store credit"),
    }


def tax_label(language: str, title: str, base: str, *, included: bool) -> str:
    """Return the label of a tax: its title with its rate, and the base it is taken of."""
    _ = spoken(language)
    label = _("incl. {tax} of {base}") if included else _("{tax} of {base}")
    return label.format(tax=title, base=base)
