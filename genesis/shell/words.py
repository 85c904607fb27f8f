"""The language of the screens: gettext catalogues, chosen once for the process as gettext itself does."""

from __future__ import annotations

import gettext
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"


class _Speech:
    """The catalogue in use."""

    catalogue: gettext.NullTranslations = gettext.NullTranslations()
    language = "en_US"


def speak(language: str) -> None:
    """Use the catalogue of a language ("de", "pt_BR"); English where there is none."""
    _Speech.language = language
    _Speech.catalogue = gettext.translation("genesis", LOCALES, [language], fallback=True)


def locale() -> str:
    """Return the language of the screens, in which figures and times are written too."""
    return _Speech.language


def _(message: str) -> str:
    """Return the message in the language of the screens."""
    return _Speech.catalogue.gettext(message)


def many(one: str, more: str, count: int, shown: str = "") -> str:
    """Return the form for a count, with {count} filled in as it is shown."""
    return _Speech.catalogue.ngettext(one, more, count).format(count=shown or count)
