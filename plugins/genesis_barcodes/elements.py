"""Takes GS1 element strings apart and checks what stands in them, because decoders and label makers let errors through.

What there is of identifiers, and what each of them allows, needs and excludes, is in `identifiers`; the rules of their
parts are in `linters`. A fault names its rule in brackets at its end, by the name that GS1 gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from genesis_barcodes.identifiers import Facts, Group, identifiers
from genesis_barcodes.linters import LINTERS

GS = "\x1d"
_ALLOWED = re.compile(r"[\x1d\x21-\x7e]*", re.ASCII)
_BRACKETS = re.compile(r"\(([0-9]{2,4})\)", re.ASCII)
_TOGETHER: dict[str, tuple[Group, ...]] = {"02": ((("37",),),), "37": ((("02",), ("8026",)),)}  # content and count


class Elements(msgspec.Struct, frozen=True):
    """The elements of one symbol in order, and what is wrong with them ("" where nothing is).

    needs: what an element needs beside it and this symbol does not have. GS1 asks for it over all symbols on an item (a
    box has its batch beside its GTIN), so it is for whoever asks to say whether there are others.
    """

    pairs: tuple[tuple[str, str], ...]
    fault: str
    needs: str = ""


def is_bracketed(text: str) -> bool:
    """Tell whether the text is in the form people read: (01)...(17)..."""
    return _BRACKETS.match(text) is not None


def read_elements(text: str, year: int) -> Elements:
    """Take an element string apart, bracketed or with GS after elements of open length; never raises.

    year: the current year, from which two-digit years get their century.
    """
    bracketed = is_bracketed(text)
    if bracketed:
        text = text.replace(" ", "")  # people set the groups apart; GS1 knows no blank
    if not _ALLOWED.fullmatch(text):
        return Elements((), "a character that GS1 does not know [format]")
    pairs, fault = _cut(_BRACKETS.split(text)[1:]) if bracketed else _walk(text.removeprefix(GS))
    fault = fault or next(filter(None, (_content(ai, value, year) for ai, value in pairs)), "")
    fault = fault or _relations(pairs)
    return Elements(tuple(pairs), fault, "" if fault else _needs(dict(pairs)))


def _cut(parts: list[str]) -> tuple[list[tuple[str, str]], str]:
    """Pair identifiers and values of the bracketed form."""
    pairs: list[tuple[str, str]] = []
    for ai, value in zip(parts[::2], parts[1::2], strict=True):
        facts = identifiers().get(ai)
        if facts is None:
            return pairs, f"({ai}) is not an application identifier [ai]"
        if not facts.pattern.fullmatch(value):
            return pairs, f"({ai}) cannot hold {value[:30]!r} [format]"
        pairs.append((ai, value))
    return pairs, ""


def _walk(text: str) -> tuple[list[tuple[str, str]], str]:
    """Cut a plain element string: some by their length, the others at the next GS."""
    pairs: list[tuple[str, str]] = []
    rest = text
    while rest:
        ai, facts = _first(rest)
        if facts is None:
            return pairs, f"{rest[:4]!r} is not an application identifier [ai]"
        until = rest.partition(GS)[0][len(ai) :]
        value = until[: facts.length] if facts.ends else until
        if not facts.pattern.fullmatch(value):
            return pairs, f"({ai}) cannot hold {until[:30]!r} [format]"
        pairs.append((ai, value))
        rest = rest[len(ai) + len(value) :].removeprefix(GS)
    return pairs, "" if pairs else "no element [format]"


def _first(text: str) -> tuple[str, Facts | None]:
    """Return the identifier at the start and what is known of it; ("", None) where there is none."""
    known = identifiers()
    for size in (2, 3, 4):
        facts = known.get(text[:size])
        if facts is not None:
            return text[:size], facts
    return "", None


def _content(ai: str, value: str, year: int) -> str:
    """Ask the rules of each part of a value."""
    at = 0
    for part in identifiers()[ai].parts:
        piece = value[at : at + part.most]
        at += part.most
        for rule in part.rules if piece else ():
            fault = LINTERS[rule](piece, year)
            if fault:
                return f"({ai}) {fault} [{rule}]"
    return ""


def _relations(pairs: list[tuple[str, str]]) -> str:
    """Say which elements do not go together, or not without another one."""
    seen: dict[str, str] = {}
    for ai, value in pairs:
        if seen.setdefault(ai, value) != value:
            return f"({ai}) stands twice with different values [repeat]"
    known = identifiers()
    for ai in seen:
        for pattern in known[ai].excludes:
            family = f"{ai[:-1]}n" if pattern == "~" else pattern
            other = next((one for one in seen if one != ai and _fits(one, family)), "")
            if other:
                return f"({ai}) and ({other}) {'are one measure' if pattern == '~' else 'exclude each other'} [ex]"
    return _missing(seen, _TOGETHER)


def _needs(seen: dict[str, str]) -> str:
    """Say what an element needs beside it and does not have here."""
    return _missing(seen, {ai: identifiers()[ai].needs for ai in seen})


def _missing(seen: dict[str, str], wanted: Mapping[str, Iterable[Group]]) -> str:
    for ai in seen:
        for group in wanted.get(ai, ()):
            if not any(all(_there(pattern, seen) for pattern in joined) for joined in group):
                return f"({ai}) needs {_told(group)} [req]"
    return ""


def _there(pattern: str, seen: dict[str, str]) -> bool:
    return pattern in seen or ("n" in pattern and any(_fits(one, pattern) for one in seen))


def _fits(ai: str, pattern: str) -> bool:
    """Tell whether an identifier is of a pattern, in which n stands for any digit."""
    return len(ai) == len(pattern) and ai.startswith(pattern.rstrip("n"))


def _told(group: Group) -> str:
    *some, last = [" with ".join(f"({pattern})" for pattern in joined) for joined in group]
    return f"{', '.join(some)} or {last}" if some else last
