"""The language of the screens: what Genesis and its plugins say in English is translated here, where it is shown.

A catalogue is `locale/<language>.po` in the folder of whoever says something. What is filled into a text ("amount:
Cash takes at most 5.00") is found again by the template it was made from, and is translated itself.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from string import Formatter

from babel import Locale, UnknownLocaleError, default_locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

log = logging.getLogger(__name__)
LOCALES = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "ar": "العربية"}
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
_NUMBER = re.compile(r"-?\d+\.\d+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
LEAST = 3  # letters of its own that a template must have to be recognised
BETWEEN = " · "  # between the parts of a line: each is translated by itself
_DEEP = 3  # a reason within a reason within a reason
_CUTS = 6  # places at which an error as one text may fall into what happened and what to do


@dataclass(frozen=True)
class Forms:
    """What a text is called in a language, where it has a count in as many forms as counts have there.

    plural: which form a count takes, None for a text without one.
    """

    texts: tuple[str, ...]
    plural: Callable[[int], int] | None = None

    def of(self, count: int) -> str:
        """Return the form for a count."""
        return self.texts[min(self.plural(count), len(self.texts) - 1) if self.plural else 0]


class Template:
    """An English text with placeholders, and what it is called in the language of the screens.

    counted: it stands for one or for many, as {count} says: that is all figures, so it is recognised by few letters.
    """

    def __init__(self, text: str, forms: Forms) -> None:
        self._parts = [(before, name) for before, name, *_rest in Formatter().parse(text)]
        self._forms, self.counted = forms, forms.plural is not None
        self.longest = max((before for before, _name in self._parts), key=len)
        self.length = sum(len(before) for before, _name in self._parts)  # the more words of its own, the surer it is
        own = " ".join(before for before, _name in self._parts)
        self.letters = sum(char.isalpha() for char in own)
        self.sentence = len(_WORD.findall(own)) > 1
        self._pattern: re.Pattern[str] | None = None

    def values(self, text: str) -> dict[str, str] | None:
        """Return what was filled into the template to get this text, None where it was not made from it."""
        if self.longest not in text:
            return None
        if self._pattern is None:
            parts = (re.escape(before) + (self._any(name) if name else "") for before, name in self._parts)
            self._pattern = re.compile("".join(parts), re.DOTALL)
        match = self._pattern.fullmatch(text)
        return match.groupdict() if match else None

    def _any(self, name: str) -> str:
        return rf"(?P<{name}>{'[0-9]+' if self.counted and name == 'count' else '.*?'})"

    def filled(self, values: Mapping[str, str], deep: int) -> str:
        """Return what it is called, with values filled in as they are called."""
        values = {"count": "1", **values} if self.counted else values  # one may be said in words
        text = self._forms.of(int(values["count"]) if self.counted else 0)
        return text.format(**{name: _value(value, deep) for name, value in values.items()})


@dataclass
class _Speech:
    """The catalogue in use. forms: what has a count, by its two forms in English."""

    language: str = "en_US"
    own: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[tuple[str, str], Forms] = field(default_factory=dict)
    templates: tuple[Template, ...] = ()


_speech = _Speech()


def speak(language: str, folders: Iterable[Path] = ()) -> None:
    """Use a language ("de", "pt_BR"): the catalogues of the shell and of plugins; English where there are none."""
    own = _read(LOCALES, language)
    words, forms = dict(own.words), dict(own.forms)
    for folder in folders:
        brought = _read(folder, language)
        words, forms = dict(brought.words) | words, dict(brought.forms) | forms
    filled = [Template(text, Forms((translated,))) for text, translated in words.items() if "{" in text]
    filled = [template for template in filled if template.letters >= LEAST]  # "{} of {}" would fit too much
    filled += [Template(text, told) for both, told in forms.items() for text in both]
    _speech.__dict__.update(
        language=language if _country(language) else "en_US", own=own.words, words=words, forms=forms,
        templates=tuple(sorted(filled, key=lambda template: -template.length)),
    )  # fmt: skip
    _found.cache_clear()


def _country(language: str) -> bool:
    """Tell whether figures and days can be written as in a language."""
    try:
        Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return False
    return True


def _read(folder: Path, language: str) -> _Speech:
    """Read the catalogue of a folder, that of the country before that of the language."""
    names = (language.replace("-", "_"), language.replace("-", "_").partition("_")[0])
    path = next((path for name in names if (path := folder / f"{name}.po").exists()), None)
    if path is None:
        return _Speech()
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem, abort_invalid=True)
        words, forms, plural = dict[str, str](), dict[tuple[str, str], Forms](), c2py(catalogue.plural_expr)
        for message in catalogue:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            told = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if not ids[0] or "fuzzy" in message.flags or not all(told) or not all(_fits(ids[-1], one) for one in told):
                continue
            if len(ids) > 1:
                forms[ids[0], ids[1]] = Forms(told, plural)
            elif told:
                words[ids[0]] = told[0]
        return _Speech(words=words, forms=forms)
    except (OSError, ValueError, PoFileError, UnknownLocaleError) as wrong:
        log.warning("the catalogue %s is not used: %s", path, wrong)
        return _Speech()


def _fits(text: str, translated: str) -> bool:
    """Tell whether a translation fills in nothing that its message does not."""
    if "{" not in translated and "}" not in translated:
        return True
    try:
        wanted, has = ({name or "" for _before, name, *_rest in Formatter().parse(one)} for one in (text, translated))
    except ValueError:  # a brace that is never closed
        return False
    return has <= wanted | {""}


def of_this_computer() -> str:
    """Return the language that this computer is set to, American English where it is to none."""
    named = default_locale("LC_MONETARY") or default_locale("LC_MESSAGES") or "en_US"
    return named.removesuffix("_POSIX")  # which writes "$" apart from its amount


def locale() -> str:
    """Return the language of the screens, in which figures and times are written too."""
    return _speech.language


def mirrored() -> bool:
    """Tell whether the language of the screens is written from right to left."""
    return _speech.language.replace("-", "_").partition("_")[0] in RIGHT_TO_LEFT


def _(message: str) -> str:
    """Return a message of the shell in the language of the screens."""
    return _speech.own.get(message, message)


def many(one: str, more: str, count: int, shown: str = "", **filled: object) -> str:
    """Return the form for a count, with {count} filled in as it is shown, and what else it names."""
    forms = _speech.forms.get((one, more))
    text = forms.of(count) if forms else one if count == 1 else more
    return text.format(count=shown or count, **filled)


def told(text: str) -> str:
    """Return what the kernel or a plugin says, in the language of the screens; what nobody knows stays as it is."""
    if not _speech.words or not text:
        return text
    parts = text.split(BETWEEN) if text not in _speech.words else [text]
    return BETWEEN.join(_value(part, _DEEP - 1) for part in parts) if len(parts) > 1 else _told(text, _DEEP)


class Verbatim(str):
    """A text that stays as it is, though a catalogue may know its words: a heading of the manual."""

    __slots__ = ()


def known(text: str) -> str:
    """Return the translation of a cell or a value, which may as well be the name of goods or of a person.

    It is translated where it is a known text as a whole or a filled in sentence: "Card 7" may be a name. A day is
    written as the language does.
    """
    if not _speech.words or not text:
        return text
    return _day(text) if _DAY.fullmatch(text) else _told(text, 1)


def _told(text: str, deep: int) -> str:
    found = _found(text, deep)
    return found[0] if found else text


@lru_cache(4096)
def _found(text: str, deep: int) -> tuple[str, int] | None:
    """Return the translation of a text and how much of it was recognised, None where it is not known.

    deep: how much may be filled into one another.
    """
    braces = "{" in text or "}" in text  # a text that has some stands in a catalogue with each of them doubled
    whole = _speech.words.get(text.replace("{", "{{").replace("}", "}}") if braces else text)
    if whole is not None:
        return whole.format() if braces else whole, len(text)
    if not deep or len(text) > 2_000:
        return None
    both = _both(text, deep) if deep > 1 else None
    for template in _speech.templates:
        if both is not None and both[1] > template.length:
            break
        sure = template.sentence or deep == _DEEP or (template.counted and deep > 1)
        values = template.values(text) if sure else None
        if values is not None:
            return template.filled(values, deep - 1), template.length
    return both


def _both(text: str, deep: int) -> tuple[str, int] | None:
    """Return what happened and what to do, an error as one text, where both are known."""
    best = None
    for at in [cut.start() for cut in re.finditer(": ", text)][-_CUTS:]:
        remedy = _found(text[at + 2 :], deep)
        what = _found(text[:at], deep) if remedy else None
        if what and remedy and (best is None or what[1] + remedy[1] > best[1]):
            best = _("{what}: {remedy}").format(what=what[0], remedy=remedy[0]), what[1] + remedy[1]
    return best


def _value(text: str, deep: int) -> str:
    """Return what fills a placeholder: money and days as they are written here, words as they are called here."""
    if money := _MONEY.fullmatch(text):
        return str(format_currency(Decimal(money[1]), money[2], locale=_speech.language)).replace("-", "\u2212")
    if _NUMBER.fullmatch(text):
        pattern = "0." + "0" * len(text.partition(".")[2])
        return str(format_decimal(Decimal(text), pattern, _speech.language)).replace("-", "\u2212")
    return _day(text) if _DAY.fullmatch(text) else _told(text, deep)


def _day(text: str) -> str:
    try:
        return str(format_date(date.fromisoformat(text), locale=_speech.language))
    except ValueError:  # the 31st of a shorter month
        return text
