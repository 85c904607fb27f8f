"""Choosing a file by touch: folders and what lies in them, from the person's own folder and what is plugged in."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from genesis.kernel.errors import UserError
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.picks import Choice, PickDialog, matching
from genesis.shell.words import _

MOST = 300  # of a folder are listed; more are found by typing
PLUGGED_IN = ("media", "run/media", "Volumes")  # where systems put sticks and cards, below the root


def choose_file(desk: Desk, typed: str, take: Callable[[str], object], root: Path = Path("/")) -> None:
    """Offer the folder of what is typed so far; `take` gets the path of a file, or of a folder with a slash at its end.

    root: where the system keeps what is plugged in.
    """
    begun = Path(typed).expanduser() if typed.strip() else Path.home()
    folder = begun if begun.is_dir() else begun.parent
    _open(desk, folder if folder.is_dir() else Path.home(), take, root)


def _open(desk: Desk, folder: Path, take: Callable[[str], object], root: Path) -> None:
    def chosen(path: str) -> None:
        if not path:
            take(str(folder).rstrip(os.sep) + os.sep)
        elif Path(path).is_dir():
            _open(desk, Path(path), take, root)
        else:
            take(path)

    try:
        rows = _rows(folder, root)
    except OSError as wrong:
        reason = wrong.strerror or type(wrong).__name__
        desk.refused(UserError(_("{folder} cannot be read: {reason}").format(folder=folder, reason=reason),
                               _("Choose another folder"), "file"))  # fmt: skip
        return
    find = partial(matching, rows)
    desk.open(PickDialog(desk, str(folder), lambda text: find(text)[:MOST], chosen, hint=_("Type to find one")))


def _rows(folder: Path, root: Path) -> list[Choice]:
    """Return this folder, the one above, what is plugged in, then folders and files by name."""
    here = [Choice("", _("This folder"), _("For a new file: type its name behind it"), icon="folder-check")]
    above = [Choice(str(folder.parent), _("The folder above"), str(folder.parent), icon="corner-left-up")]
    found = sorted(
        (entry for entry in os.scandir(folder) if not entry.name.startswith(".")),
        key=lambda entry: (not entry.is_dir(), entry.name.casefold()),
    )
    inside = [Choice(x.path, x.name, icon="folder" if x.is_dir() else "file") for x in found]
    return [*here, *(above if folder.parent != folder else []), *_plugged_in(folder, root), *inside]


def _plugged_in(folder: Path, root: Path) -> list[Choice]:
    """Return the sticks and cards that the system shows, on the person's own folder alone."""
    if folder != Path.home():
        return []
    tops = [path for name in PLUGGED_IN for path in (root / name).glob("*") if path.is_dir()]
    lower = [path for top in tops for path in (sorted(top.glob("*")) if top.name == Path.home().name else [top])]
    return [Choice(str(path), path.name, _("Plugged in"), icon="usb") for path in lower if os.access(path, os.R_OK)]
