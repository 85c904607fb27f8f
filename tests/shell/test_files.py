"""A file is chosen by touch: its folder, the one above, what is plugged in; nothing is opened but what was chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from genesis.kernel.fields import FieldSpec
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.files import choose_file
from genesis.shell.vm.form import FormDialog
from genesis.shell.vm.picks import PickDialog
from tests.shell.driver import Driver


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The own folder of somebody, with lists in it, and a stick."""
    home = tmp_path / "home" / "ana"
    (home / "Lists").mkdir(parents=True)
    for name in ("b.csv", "A.xlsx", ".hidden", "Lists/spring.csv"):
        (home / name).write_text("")
    (tmp_path / "media" / "ana" / "STICK").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    return home


def shown(desk: Desk) -> list[str]:
    assert isinstance(desk.top, PickDialog)
    return [choice.title for choice in desk.top.choices]


def pick(desk: Desk, title: str) -> None:
    assert isinstance(desk.top, PickDialog)
    desk.top.pick(next(choice for choice in desk.top.choices if choice.title == title))


def test_from_the_own_folder_one_goes_down_and_up_and_to_what_is_plugged_in(desk: Desk, house: Path) -> None:
    taken: list[str] = []
    root = house.parent.parent
    choose_file(desk, "", taken.append, root)
    assert shown(desk) == ["This folder", "The folder above", "STICK", "Lists", "A.xlsx", "b.csv"]
    pick(desk, "Lists")
    assert shown(desk) == ["This folder", "The folder above", "spring.csv"]
    pick(desk, "The folder above")
    pick(desk, "STICK")
    assert shown(desk) == ["This folder", "The folder above"]
    pick(desk, "This folder")  # a new file: its name is typed behind it
    choose_file(desk, str(house / "Lists" / "nothing.csv"), taken.append, root)
    pick(desk, "spring.csv")
    assert taken == [f"{root}/media/ana/STICK/", f"{house}/Lists/spring.csv"]
    assert desk.dialogs == []


def test_a_folder_that_cannot_be_read_is_said_and_nothing_is_taken(
    desk: Desk, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", refuse)
    choose_file(desk, "", pytest.fail)
    assert desk.toast is not None
    assert desk.toast.text == f"{house} cannot be read: Permission denied. Choose another folder."


def test_what_is_chosen_stands_in_the_field(window: Callable[..., Driver], house: Path) -> None:
    driver = window()
    field = FieldSpec(name="file", label="File", kind="file", required=True)
    taken: list[str] = []
    driver.desk.open(
        FormDialog(driver.desk, "Import", "", (field,), lambda _dialog, values: taken.append(values["file"]))
    )
    driver.settle(lambda: "field.file.look" in driver.window.sheets[driver.desk.dialogs[-1]].panes[0].hots)
    driver.tap("field.file.look")
    driver.settle(lambda: len(driver.desk.dialogs) == 2)
    driver.tap(f"row.{house}/b.csv")
    driver.settle(lambda: len(driver.desk.dialogs) == 1)
    driver.tap("yes")
    assert taken == [f"{house}/b.csv"]
