"""The back office on a real store and in a real window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from genesis import Act, PageAction, Query, SettingsError
from genesis.demo.store import fill
from genesis.kernel.actors import OWNER, Actor
from genesis.kernel.permissions import Account
from genesis.kernel.settings import secret_fields
from genesis.plugin.app import App
from genesis.shell.app import Shell
from genesis.shell.pages import people, sales, settings
from genesis.shell.preferences import PreferencesFile
from genesis.shell.register_till import RegisterTill
from genesis.shell.vm.document import Document
from tests.shell.driver import Driver
from tests.shell.geometry import faults, texts

PLUGINS = ("barcodes", "catalog", "tax", "cash", "customers", "discounts", "daylight")


@pytest.fixture
def app(store: Callable[..., App]) -> Any:
    app: Any = store(*PLUGINS)
    fill(app)
    for code in ("9520000010010", "9520000010027", "9520000010010"):
        app.register.scan(code)
        app.register.pay("cash")
    return app


def test_sales_are_found_by_number_amount_and_day(app: Any) -> None:
    pos: Any = app.pos
    every = sales.find(pos, Query())
    assert [row.id for row in every.rows] == ["R1-00000003", "R1-00000002", "R1-00000001"]
    assert [r.id for r in sales.find(pos, Query(text="00000002")).rows] == ["R1-00000002"]
    assert [r.id for r in sales.find(pos, Query(text="2.20")).rows] == ["R1-00000002"]
    assert sales.find(pos, Query(filters={"kind": "return"})).total == 0
    first = sales.find(pos, Query(sort="number", limit=2))
    assert ([row.id for row in first.rows], first.total) == (["R1-00000001", "R1-00000002"], 3)
    app.clock.forward(days=3)
    assert sales.find(pos, Query(filters={"days": "1"})).total == 0
    assert sales.find(pos, Query(filters={"days": "7"})).total == 3


def test_a_receipt_is_shown_reprinted_and_taken_back(app: Any) -> None:
    pos: Any = app.pos
    shown = sales.drawer(pos, "R1-00000002")
    assert shown.title == "R1-00000002"
    assert shown.sections[0].rows[0][1:] == ("1 ×", "€2.20")
    done = sales.reprint(pos, Act(rows=("R1-00000002",)))
    assert any(row[0] == "copy" or "COPY" in row[1] for row in done.document)
    number: Any = sales.find(pos, Query(text="00000002")).rows[0].cells[0]
    assert number.small == "1 copy"
    sales.take_back(pos, Act(rows=("R1-00000002",)))
    assert app.register.priced.total == -220
    app.register.pay("cash")
    kind: Any = sales.find(pos, Query(filters={"kind": "return"})).rows[0].cells[3]
    assert kind.tone == "warn"


def test_the_name_of_a_person_is_shown_and_found_instead_of_the_account(app: Any) -> None:
    pos: Any = app.pos
    till = RegisterTill(app, "en")
    assert [row.cells[2] for row in sales.find(pos, Query(limit=1)).rows] == ["Owner"]
    assert till.person() == "Owner"
    pos.permissions.save_account(Account(id="owner", name="Olivia Okoye"), None)
    pos.permissions.save_account(Account(id="k7", name="Kim Oko"), None)
    app.actor = Actor(id="k7", name="Kim Oko", owner=True)
    app.register.scan("9520000010027")
    app.register.pay("cash")
    app.actor = Actor(id="gone", name="Temp", owner=True)
    app.register.scan("9520000010027")
    app.register.pay("cash")
    names = ["gone", "Kim Oko", "Olivia Okoye", "Olivia Okoye", "Olivia Okoye"]
    assert [row.cells[2] for row in sales.find(pos, Query()).rows] == names
    assert [sales.find(pos, Query(text=text)).total for text in ("olivia", "oko", "k7", "gone", "nobody")] == [
        3, 4, 1, 1, 0,
    ]  # fmt: skip
    assert sales.drawer(pos, "R1-00000004").small.endswith("Kim Oko")
    assert till.person() == "Temp"
    app.actor = OWNER
    assert till.person() == "Olivia Okoye"


def test_todays_figures_add_up(app: Any) -> None:
    pos: Any = app.pos
    days = sales.per_day(pos)
    assert len(days) == sales.DAYS
    assert list(days.values())[-1] == (3, 340 + 220 + 340)
    assert set(list(days.values())[:-1]) == {(0, 0)}
    assert [card.value for card in sales.cards(pos)] == ["€9.00", "3", "€3.00"]


def test_settings_are_changed_and_every_problem_stands_beside_its_field(app: Any) -> None:
    pos: Any = app.pos
    drawer = settings.drawer(pos, "store")
    assert drawer.values["currency"] == "EUR"
    assert drawer.save is not None
    drawer.save(pos, {"cut_off_hour": "4", "counted_shifts": "true", "address": "1 High Street\nTown"})
    again = settings.drawer(pos, "store").values
    assert (again["cut_off_hour"], again["counted_shifts"], again["address"]) == ("4", "true", "1 High Street\nTown")
    with pytest.raises(SettingsError) as wrong:
        drawer.save(pos, {"cut_off_hour": "31", "counted_shifts": "perhaps"})
    assert set(wrong.value.problems) == {"cut_off_hour", "counted_shifts"}
    assert settings.drawer(pos, "store").values == again


def test_a_setting_that_was_not_made_is_empty_and_can_be_taken_back(app: Any) -> None:
    pos: Any = app.pos
    drawer = settings.drawer(pos, "tax")
    assert drawer.values["prices_include_tax"] == "true"
    assert drawer.save is not None
    drawer.save(pos, {"prices_include_tax": ""})
    assert settings.drawer(pos, "tax").values["prices_include_tax"] == ""


def test_every_setting_of_every_plugin_survives_its_form(app: Any) -> None:
    pos: Any = app.pos
    for row in settings.find(pos, Query()).rows:
        drawer = settings.drawer(pos, row.id)
        model = app.settings.models.get(row.id)
        if model is None:  # what this till keeps for itself
            continue
        before = app.settings.get(model)
        assert drawer.save is not None
        kept = {name: text for name, text in drawer.values.items() if name not in secret_fields(model)}
        drawer.save(pos, kept)
        assert app.settings.get(model) == before


def test_people_and_roles_are_made_and_changed(app: Any) -> None:
    pos: Any = app.pos
    new = people.new(pos)
    assert new.save is not None
    new.save(pos, {"kind": "role", "id": "cashier"})
    role = people.drawer(pos, "role:cashier")
    assert role.save is not None
    role.save(pos, {"register.sell": "1", "register.hold": "1"})
    new.save(pos, {"id": "kim", "name": "Kim", "password": "correct horse"})
    kim = people.drawer(pos, "kim")
    assert kim.save is not None
    kim.save(pos, {"role:cashier": "1"})
    actor = pos.permissions.sign_in("kim", "correct horse")
    assert (pos.permissions.reason(actor, "register.sell"), actor.roles) == ("", ("cashier",))
    assert pos.permissions.reason(actor, "settings.change") == "no role grants it"
    kim.save(pos, {"active": ""})
    with pytest.raises(Exception, match="the name or the password is not right"):
        pos.permissions.sign_in("kim", "correct horse")


@pytest.fixture
def shell(display: str, app: Any) -> Iterator[Driver]:
    made = Shell(app, PreferencesFile(None), computer="en_US")
    driver = Driver(made.window)
    driver.ready()
    yield driver
    found, made.window.faults = list(made.window.faults), []
    made.close()
    assert not found, found


def show(driver: Any, screen: str) -> Any:
    driver.window.go(screen)
    vm = driver.desk.screens[screen]
    driver.settle(lambda: vm.fetched.known and (not vm.total or vm.row(0) is not None))
    return vm


def test_a_price_is_changed_by_keys_alone_and_the_till_sells_at_it(shell: Any, app: Any) -> None:
    vm = show(shell, "catalog.products")
    shell.press("slash")
    shell.type("espresso")
    shell.settle(lambda: vm.fetched.total == 1)
    shell.press("Return")
    shell.settle(lambda: vm.drawer is not None)
    shell.press("Tab")
    shell.settle(lambda: vm.drawer.form.focus == "price")
    shell.press("Home", "ctrl+a")  # the whole text; the rows behind stay as they are
    shell.type("2.50")
    assert (vm.drawer.form.values["price"], vm.chosen) == ("2.50", {})
    shell.press("ctrl+s")
    shell.settle(lambda: vm.desk.toast is not None and "saved" in vm.desk.toast.text)
    assert app.register.scan("9520000010027").priced.total == 250


def test_what_a_plugin_brings_for_the_page_of_another_is_done_there_with_the_ticked_rows(
    display: str, store: Callable[..., App], tmp_path: Path
) -> None:
    house: Any = store(*PLUGINS, "receipts", "labels")
    fill(house)
    made = Shell(house, PreferencesFile(None), computer="en_US")
    driver = Driver(made.window)
    driver.ready()
    vm = show(driver, "catalog.products")
    assert "labels.print" not in [action.id for action in vm.actions("page")]
    vm.tick(0)
    vm.tick(1)
    view: Any = driver.window.views["catalog.products"]
    driver.settle(lambda: "action.labels.print" in view.main.hots)
    driver.tap("action.labels.print")
    driver.settle(lambda: bool(driver.desk.dialogs))
    form: Any = driver.desk.top
    file = tmp_path / "labels.pdf"
    form.write("file", str(file))
    driver.press("Return")
    driver.settle(file.exists)
    driver.settle(lambda: vm.desk.toast is not None and vm.desk.toast.text.startswith("2 labels"))
    found, made.window.faults = list(made.window.faults), []
    made.close()
    assert not found, found


def test_every_page_is_drawn_without_faults_at_every_size(shell: Any) -> None:
    wrong = []
    for size in ((1280, 800), (1024, 600), (1920, 1080)):
        shell.window.root.geometry(f"{size[0]}x{size[1]}")
        for screen in ("dashboard", "sales", "people", "settings", "catalog.products"):
            vm = show(shell, screen)
            for drawer in (False, True) if vm.total else (False,):
                if drawer:
                    vm.mark(0)
                    shell.settle(lambda vm=vm: vm.drawer is not None)
                view = shell.window.views[screen]
                shell.settle(lambda view=view: view.main.winfo_height() > 1)
                for pane in view.panes:
                    if pane.winfo_ismapped():
                        name = f"{screen} {size} {'drawer' if drawer else ''}"
                        wrong += faults(name, pane, 44, scrolls=pane is view.side)
            if vm.drawer is not None:
                vm.close_drawer()
    assert wrong == [], "\n".join(wrong)


def test_a_copy_is_shown_on_paper_by_a_tap(shell: Any) -> None:
    vm = show(shell, "sales")
    shell.tap("row.0")
    shell.settle(lambda: vm.drawer is not None and "do.reprint" in shell.window.views["sales"].side.hots)
    shell.tap("do.reprint")
    shell.settle(lambda: isinstance(shell.desk.top, Document))
    shell.press("Escape")
    assert shell.desk.dialogs == []


def test_what_has_no_room_above_the_list_or_in_the_drawer_is_reached_and_whole(shell: Any) -> None:
    vm, ran = show(shell, "sales"), list[int]()
    both: tuple[Literal["page", "row"], ...] = ("page", "row")

    def note(number: int, _pos: Any, _act: Act) -> None:
        ran.append(number)

    titles = ["Label", "Print", "Send it to everybody who wants it", "Write on the tag at the reader", "Keep", "Forget"]
    acts = [
        PageAction(id=f"a{n}", title=title, icon="tag", permission="reports.read", on=on, run=partial(note, n))
        for n, title in enumerate(titles)
        for on in both
    ]
    vm.page = msgspec.structs.replace(vm.page, actions=tuple(acts))
    vm.mark(0)
    shell.settle(lambda: vm.drawer is not None)
    shell.settle(lambda: {f"do.a{n}" for n in range(6)} <= set(shell.window.views["sales"].side.hots))
    shown = [text for text, _box in texts(shell.window.views["sales"].side).values()]
    assert set(titles) <= set(shown)
    main = shell.window.views["sales"].main
    beside = {key for key in main.hots if key.startswith("action.a")}
    assert 0 < len(beside) < 6
    shell.tap("action.more")
    shell.settle(lambda: shell.desk.dialogs)
    assert {f"action.{choice.id}" for choice in shell.desk.top.choices} == {f"action.a{n}" for n in range(6)} - beside
    shell.press("Return")
    shell.settle(lambda: ran)
    assert f"action.a{ran[0]}" not in beside


def test_on_a_low_screen_every_page_is_reached_by_the_navigation(shell: Any) -> None:
    shell.window.root.geometry("1024x440")
    show(shell, "dashboard")
    shell.settle(lambda: "rail.more" in shell.window.rail.hots)
    assert "rail.plugins" not in shell.window.rail.hots
    shell.tap("rail.more")
    shell.settle(lambda: shell.desk.dialogs)
    titles = [choice.title for choice in shell.desk.top.choices]
    assert titles[-3:] == ["Plugins", "Help", "Theme"]
    shell.press(*["Down"] * titles.index("Plugins"), "Return")
    shell.settle(lambda: shell.desk.screen == "plugins")
    assert [p.active for p in shell.window.places.shown() if p.id == "plugins"] == [True]
