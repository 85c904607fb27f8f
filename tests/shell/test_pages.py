"""Pages as data: rows that come as they are looked at, forms that blame the right field, work that can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from genesis import (
    Act,
    Cell,
    Column,
    Confirm,
    Done,
    Drawer,
    FieldSpec,
    Figure,
    Filter,
    ListPage,
    PageAction,
    PageRow,
    Query,
    Rows,
    Section,
    UserError,
)
from genesis.shell.kit.geometry import Box
from genesis.shell.views.page_layout import page
from genesis.shell.vm.desk import Desk, Question
from genesis.shell.vm.document import Document
from genesis.shell.vm.form import Form, FormDialog
from genesis.shell.vm.listpage import ListPageVM
from genesis.shell.vm.work import WorkDialog

MILLION = 1_000_000
NAME = FieldSpec(name="name", label="Name", required=True)
PRICE = FieldSpec(name="price", label="Price", kind="money", half=True)
DAY = FieldSpec(name="day", label="Day", kind="date", half=True)


class Things:
    """A page over a million things that exist only as numbers; what was asked and done is written down."""

    def __init__(self) -> None:
        self.queries: list[Query] = []
        self.saved: list[dict[str, str]] = []
        self.done: list[Act] = []
        self.refuse: UserError | None = None

    def rows(self, _pos: Any, query: Query) -> Rows:
        self.queries.append(query)
        numbers = range(MILLION)
        if query.filters.get("half") == "even":
            numbers = range(0, MILLION, 2)
        if query.text:
            numbers = range(int(query.text), int(query.text) + 1)
        ordered = numbers[::-1] if query.descending else numbers
        chosen = ordered[query.offset : query.offset + query.limit]
        rows = tuple(PageRow(id=str(n), cells=(f"Thing {n}", Cell(text=str(n * 2), tone="warn"))) for n in chosen)
        return Rows(rows=rows, total=len(numbers))

    def drawer(self, _pos: Any, row: str) -> Drawer:
        def save(_pos: Any, changes: dict[str, str]) -> Done:
            if self.refuse is not None:
                raise self.refuse
            self.saved.append(changes)
            return Done(text="kept")

        fields = Section(fields=(NAME, PRICE, DAY))
        return Drawer(title=f"Thing {row}", sections=(fields,), values={"name": f"Thing {row}"}, save=save)

    def act(self, _pos: Any, act: Act) -> Done:
        if self.refuse is not None:
            raise self.refuse
        self.done.append(act)
        return Done(text="acted", undo=lambda _pos: self.done.clear())

    def page(self) -> ListPage:
        ask = (FieldSpec(name="why", label="Why", required=True),)
        return ListPage(
            columns=(Column(id="name", title="Name", sort=True, wide=True), Column(id="twice", title="Twice", kind="number")),
            rows=self.rows, hint="Number", drawer=self.drawer, new=lambda pos: self.drawer(pos, ""),
            filters=(Filter(id="half", title="Half", choices=(("even", "Even"),)),),
            cards=lambda _pos: [Figure(id="all", title="All", value="1", series=(1, 2))],
            actions=(
                PageAction(id="all", title="All", run=self.act, permission="x"),
                PageAction(id="ask", title="Ask", run=self.act, permission="x", on="rows", ask=ask),
                PageAction(id="sure", title="Sure", run=self.act, permission="x", on="row", sure="Really", danger=True),
                PageAction(id="not", title="Not mine", run=self.act, permission="secret"),
            ),
        )  # fmt: skip


@pytest.fixture
def things() -> Things:
    return Things()


@pytest.fixture
def vm(desk: Desk, things: Things) -> ListPageVM:
    made = ListPageVM(desk, "Things", things.page, None, allowed=lambda permission: permission == "x")
    desk.screens["things"] = made
    desk.go("things")
    return made


def action(vm: ListPageVM, on: str, name: str) -> PageAction:
    return next(a for a in vm.actions(on, "1") if a.id == name)


def test_of_a_million_rows_only_those_in_sight_are_asked_for(vm: ListPageVM, things: Things) -> None:
    assert vm.total == MILLION
    assert vm.row(0) == PageRow(id="0", cells=("Thing 0", Cell(text="0", tone="warn")))
    vm.row(999_999)
    assert vm.row(999_999) is not None
    assert vm.row(MILLION) is None
    asked = [(q.offset, q.limit) for q in things.queries]
    assert len(asked) == 2
    assert sum(limit for _, limit in asked) <= 120


def test_moving_marks_rows_and_stays_inside_the_list(vm: ListPageVM) -> None:
    for key in ("Down", "Down", "Up", "Next"):
        vm.desk.key(key)
    assert vm.index == 11
    vm.desk.key("End")
    assert vm.index == MILLION - 1
    vm.desk.key("Down")
    assert vm.index == MILLION - 1
    vm.desk.key("Home")
    assert vm.index == 0


def test_a_search_is_asked_once_the_typing_pauses_and_late_answers_are_dropped(vm: ListPageVM, things: Things) -> None:
    before = len(things.queries)
    for text in ("7", "71", "712"):
        vm.search(text)
    assert len(things.queries) == before
    vm.desk.runner.tick()  # type: ignore[attr-defined]
    assert [q.text for q in things.queries[before:]] == ["712"]
    assert vm.row(0).id == "712"  # type: ignore[union-attr]


def test_an_answer_to_an_earlier_question_is_dropped(desk: Desk, things: Things) -> None:
    held: list[tuple[Any, Any]] = []

    class Slow:
        def submit(self, work: Any, done: Any, failed: Any) -> None:
            held.append((work, done))

        def later(self, ms: int, run: Any) -> None:
            run()

    desk.runner = Slow()
    vm = ListPageVM(desk, "Things", things.page, None)
    vm.opened()
    vm.search("5")
    for work, done in reversed(held):  # the first question is answered last
        done(work())
    assert vm.total == 1
    assert vm.row(0).id == "5"  # type: ignore[union-attr]


def test_filters_and_order_are_asked_of_the_page(vm: ListPageVM, things: Things) -> None:
    vm.filter("half", "even")
    vm.sort("name")
    vm.sort("name")
    last = things.queries[-1]
    assert (last.filters, last.sort, last.descending, vm.total) == ({"half": "even"}, "name", True, MILLION // 2)
    assert vm.row(0).id == str(MILLION - 2)  # type: ignore[union-attr]
    vm.filter("half", "")
    assert vm.total == MILLION


def test_a_drawer_gives_on_only_what_was_changed(vm: ListPageVM, things: Things) -> None:
    vm.mark(3)
    assert vm.drawer is not None
    assert vm.drawer.form.values == {"name": "Thing 3", "price": "", "day": ""}
    vm.drawer.form.set("price", " 4.50 ")
    vm.save()
    assert things.saved == [{"price": "4.50"}]
    assert vm.desk.toast is not None
    assert vm.desk.toast.text == "kept"


@pytest.mark.parametrize(("name", "text"), [("name", " "), ("price", "4.505"), ("price", "ten"), ("day", "25.11.2026")])
def test_what_cannot_be_right_is_said_beside_its_field_and_not_saved(
    vm: ListPageVM, things: Things, name: str, text: str
) -> None:
    vm.mark(3)
    assert vm.drawer is not None
    vm.drawer.form.set(name, text)
    vm.save()
    assert set(vm.drawer.form.faults) == {name}
    assert things.saved == []


def test_a_refusal_by_the_plugin_stands_beside_the_field_it_names(vm: ListPageVM, things: Things) -> None:
    things.refuse = UserError("too dear", "make it cheaper", "price")
    vm.mark(3)
    assert vm.drawer is not None
    vm.drawer.form.set("price", "4.50")
    vm.save()
    assert vm.drawer.form.faults == {"price": "Too dear"}
    assert vm.drawer.form.values["price"] == "4.50"


def test_what_was_typed_is_not_thrown_away_without_asking(vm: ListPageVM) -> None:
    vm.mark(3)
    assert vm.drawer is not None
    vm.drawer.form.set("price", "1")
    vm.desk.key("Escape")
    assert isinstance(vm.desk.top, Question)
    vm.desk.key("Escape")
    assert vm.drawer is not None
    vm.desk.key("Escape")
    vm.desk.key("Return")
    assert vm.drawer is None


def test_an_action_asks_its_fields_and_gets_the_chosen_rows(vm: ListPageVM, things: Things) -> None:
    vm.tick(1)
    vm.tick(4)
    vm.act(action(vm, "rows", "ask"))
    dialog = vm.desk.top
    assert isinstance(dialog, FormDialog)
    dialog.accept()
    assert dialog.form.faults == {"why": "This is needed"}
    dialog.write("why", "because")
    dialog.accept()
    assert [(a.rows, dict(a.values)) for a in things.done] == [(("1", "4"), {"why": "because"})]
    assert (vm.desk.dialogs, vm.chosen) == ([], {})
    vm.desk.key("Ctrl+Z")
    assert things.done == []


def test_a_refused_action_keeps_its_dialog_and_what_was_typed(vm: ListPageVM, things: Things) -> None:
    things.refuse = UserError("not for this reason", "", "why")
    vm.tick(1)
    vm.act(action(vm, "rows", "ask"))
    dialog = vm.desk.top
    assert isinstance(dialog, FormDialog)
    dialog.write("why", "because")
    dialog.accept()
    assert vm.desk.top is dialog
    assert (dialog.form.faults, dialog.form.values) == ({"why": "Not for this reason"}, {"why": "because"})


def test_a_dangerous_action_asks_first_and_one_without_permission_is_absent(vm: ListPageVM, things: Things) -> None:
    vm.act(action(vm, "row", "sure"), "9")
    assert isinstance(vm.desk.top, Question)
    assert vm.desk.top.severe
    vm.desk.key("Return")
    assert things.done[0].rows == ("9",)
    assert [a.id for a in vm.actions("page")] == ["all"]


def test_a_page_that_raises_becomes_a_card_and_can_be_tried_again(desk: Any, things: Things) -> None:
    broken = [True]

    def make() -> ListPage:
        if broken[0]:
            raise RuntimeError("no such table")
        return things.page()

    vm: Any = ListPageVM(desk, "Things", make, None, author="things")
    vm.opened()
    assert str(vm.fault) == "no such table"
    assert vm.error_id
    broken[0] = False
    vm.retry()
    assert vm.fault is None
    assert vm.total == MILLION


def test_long_work_says_how_far_it_is_and_stops_when_asked(desk: Desk) -> None:
    seen: list[tuple[bool, float | None]] = []

    def work(tell: Callable[[int, int], bool]) -> str:
        for step in range(1, 5):
            if step == 3:
                desk.key("Escape")
            seen.append((tell(step, 4), dialog().share))
            if not seen[-1][0]:
                return "stopped"
        return "whole"

    def dialog() -> WorkDialog:
        found = desk.dialogs[-1]
        assert isinstance(found, WorkDialog)
        return found

    ended: list[str] = []
    WorkDialog.start(desk, "Count", work, ended.append)
    assert ended == ["stopped"]
    assert seen == [(True, 0.25), (True, 0.5), (False, 0.75)]
    assert desk.dialogs == []


def test_long_work_that_asks_begins_anew_with_what_was_agreed_to(vm: ListPageVM, desk: Desk) -> None:
    agreed: list[str] = []

    def run(_pos: Any, act: Act) -> Done:
        agreed.append(act.agreed)
        if act.agreed != "Import?: 4 new":
            raise Confirm("Import?", "4 new")
        return Done(text="imported")

    vm.acts.do(PageAction(id="long", title="Long", run=run, permission="x", long=True))
    assert isinstance(desk.top, Question)
    assert desk.top.title == "Import?"
    desk.key("Return")
    assert agreed == ["", "Import?: 4 new"]
    assert desk.toast is not None
    assert desk.toast.text == "imported"


def test_a_question_with_fields_at_the_till_is_asked_and_its_answers_reach_who_asked(desk: Desk) -> None:
    asked: list[tuple[bool, dict[str, str]]] = []

    def command(confirmed: bool) -> str:
        answers = dict(desk.till.answers)  # type: ignore[attr-defined]
        asked.append((confirmed, answers))
        if "serial" not in answers:
            raise Confirm("Serial number?", "It stands on the box", fields=(FieldSpec(name="serial", label="Serial"),))
        if answers["serial"] == "0":
            raise UserError("there is no such serial number", "read it again", "serial")
        if not confirmed:
            raise Confirm("Is the customer 18?")
        return "sold"

    sold: list[str] = []
    desk.attempt(command, sold.append)
    dialog = desk.top
    assert isinstance(dialog, FormDialog)
    for typed in ("0", "77"):
        dialog.write("serial", typed)
        dialog.accept()
    assert dialog.form.faults == {}
    assert isinstance(desk.top, Question)
    desk.key("Return")
    assert sold == ["sold"]
    assert asked[-1] == (True, {"serial": "77"})


def test_a_document_is_shown_as_on_paper(vm: ListPageVM) -> None:
    vm.done(Done(text="X report", document=(("title", "X", ""), ("text", "Cash", "12.00"))))
    assert isinstance(vm.desk.top, Document)
    assert vm.desk.top.rows[1] == ("text", "Cash", "12.00")


def test_a_form_knows_what_changed_and_goes_round_its_fields() -> None:
    form = Form((NAME, PRICE, FieldSpec(name="no", label="No", fixed=True)), {"name": "a", "no": "7"}, "EUR")
    assert (form.focus, form.changes) == ("name", {})
    form.set("name", "b")
    form.next()
    assert (form.focus, form.changes) == ("price", {"name": "b"})
    form.next()
    assert form.focus == "name"


@pytest.mark.parametrize("width", [600, 812, 1068, 1708])
@pytest.mark.parametrize("height", [520, 800, 1080])
@pytest.mark.parametrize("drawer", [False, True])
def test_nothing_of_a_page_overlaps_at_any_size(width: int, height: int, drawer: bool) -> None:
    layout = page(width, height, cards=4, drawer=drawer, search=True)
    whole = Box(0, 0, width, height)
    boxes = [layout.title, *layout.cards, layout.search, layout.table]
    if layout.drawer is not None and not layout.covered:
        boxes.append(layout.drawer)
    assert all(box.within(whole) for box in boxes)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert layout.places >= 3
