"""Keeps the catalogues of Genesis and of plugins in step with what their code says.

For a plugin of one's own: `python -m genesis.upkeep.catalogues FOLDER [LANGUAGE]...` writes `FOLDER/locale`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from genesis.upkeep.words import Message, found, sources

LANGUAGES = ("de", "es", "fr", "ar")
ROOTS = ("plugins", "hardware_drivers", "payment_providers", "themes")


def domains(root: Path) -> dict[Path, list[Path]]:
    """Return the catalogue folders of a source tree, each with the files whose texts it holds."""
    out = {root / "genesis" / "shell" / "locale": sources(root / "genesis")}
    for place in ROOTS:
        out |= {folder / "locale": sources(folder) for folder in sorted((root / place).glob("genesis_*"))}
    return out


def read(path: Path) -> dict[Message, tuple[str, ...]]:
    """Return the translations of a catalogue by message; nothing for a file that is not there."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    out: dict[Message, tuple[str, ...]] = {}
    for message in catalogue:
        ids = (message.id,) if isinstance(message.id, str) else message.id
        if ids[0]:
            forms = (message.string,) if isinstance(message.string, str) else message.string or ()
            out[Message(*ids)] = tuple(forms)
    return out


def text(language: str, messages: Mapping[Message, list[str]], known: Mapping[Message, tuple[str, ...]]) -> str:
    """Return a catalogue as text: every message in the order of the code, untranslated where nothing is known."""
    catalogue = Catalog(locale=language)
    out = ['msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=UTF-8\\n"', f'"Language: {language}\\n"',
           f'"Plural-Forms: {catalogue.plural_forms}\\n"', ""]  # fmt: skip
    for message, places in messages.items():
        forms = known.get(message, ())
        out += [f"#: {' '.join(places)}", f"msgid {_quoted(message.text)}"]
        if message.more:
            out.append(f"msgid_plural {_quoted(message.more)}")
            forms = forms if len(forms) == catalogue.num_plurals else ("",) * catalogue.num_plurals
            out += [f"msgstr[{n}] {_quoted(form)}" for n, form in enumerate(forms)]
        else:
            out.append(f"msgstr {_quoted(forms[0] if forms else '')}")
        out.append("")
    return "\n".join(out)


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def refresh(root: Path) -> None:
    """Write every catalogue of a source tree again: new messages are added, those that are gone are taken out."""
    for folder, files in domains(root).items():
        write(folder, files)


def write(folder: Path, files: list[Path], languages: Sequence[str] = LANGUAGES) -> None:
    """Write the catalogues of a folder; one that has nothing to say gets none."""
    messages = found(files)
    for language in languages if messages else ():
        path = folder / f"{language}.po"
        folder.mkdir(exist_ok=True)
        path.write_text(text(language, messages, read(path)), encoding="utf-8")


if __name__ == "__main__":
    plugin = Path(sys.argv[1])
    write(plugin / "locale", sources(plugin), sys.argv[2:] or LANGUAGES)
