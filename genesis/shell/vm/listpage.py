"""A page of the back office: rows fetched as they come into sight, filters, a drawer, and things to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from genesis.hooks.pages import Done, ListPage, PageAction, PageRow, Query
from genesis.hooks.values import Figure
from genesis.kernel.errors import RAISED, Confirm, UserError
from genesis.shell.told import told_in
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.desk import Desk, Question
from genesis.shell.vm.drawer import DrawerState
from genesis.shell.vm.fetched import Fetched
from genesis.shell.vm.form import choose
from genesis.shell.vm.pageacts import PageActs
from genesis.shell.vm.picks import Choice, PickDialog, matching
from genesis.shell.words import _

WAIT = 120  # ms after the last key before a search is asked


class ListPageVM(ViewModel):
    """State of one page. author: the plugin it comes from; allowed: whether the person has a permission.

    index: the marked row; chosen: ids of the rows with a tick. awaited: cards will come, whose room is kept.
    fault: what the page raised instead of answering; a view draws a card then.
    """

    context = "list"

    def __init__(
        self,
        desk: Desk,
        title: str,
        make: Callable[[], ListPage],
        pos: Any,
        *,
        author: str = "",
        allowed: Callable[[str], bool] = lambda _permission: True,
        go: Callable[[str], object] = lambda _page: None,
    ) -> None:
        super().__init__()
        self.desk, self.title, self.author, self.pos = desk, title, author, pos
        self._make, self.allowed, self.go = make, allowed, go
        self.page: ListPage | None = None
        self.fetched = Fetched(desk.runner, self.changed, self.failed)
        self.index, self.chosen = 0, dict[str, None]()
        self.cards: tuple[Figure, ...] = ()
        self.awaited = self._unread = False
        self.drawer: DrawerState | None = None
        self.fault: BaseException | None = None
        self.error_id = ""
        self.on_search: Callable[[], object] = lambda: None
        self.acts = PageActs(self)
        self.actions, self.act = self.acts.offered, self.acts.do
        self._define()

    def _define(self) -> None:
        self.define(
            Command("page.back", _("Back"), self.leave, "undo-2"),
            Command("select.up", _("Up"), lambda: self.move(-1)),
            Command("select.down", _("Down"), lambda: self.move(1)),
            Command("page.up", _("Page up"), lambda: self.move(-10)),
            Command("page.down", _("Page down"), lambda: self.move(10)),
            Command("page.first", _("First"), lambda: self.move(-self.total)),
            Command("page.last", _("Last"), lambda: self.move(self.total)),
            Command("row.open", _("Open it"), self.open_marked),
            Command("row.mark", _("Tick"), self.tick_marked),
            Command("rows.all", _("Tick all in sight"), self.tick_all, blocked=self._drawer_first),
            Command("page.search", _("Search"), self._search),
            Command("page.new", _("New"), self.new, "plus", self._no_new),
            Command("form.next", _("Next field"), self.next_field),
            Command("form.previous", _("Field before"), partial(self.next_field, -1)),
            Command("drawer.save", _("Save"), self.save, "check", self._no_drawer),
        )

    # Reading -----------------------------------------------------------------------------------------------

    def opened(self) -> None:
        """Make the page where that is not done, and read it afresh."""
        if self.page is None:
            try:
                self.page = told_in(self._make())
                self.awaited = self.page.cards is not None
                self.fetched.query = msgspec.structs.replace(self.query, filters=dict(self.page.start))
                self.acts.define(self.page)
            except UserError as refusal:
                self.desk.refused(refusal)
                return
            except RAISED as fault:  # a plugin's fault stays inside its card
                self.failed(fault)
                return
        self.reload()

    @property
    def here(self) -> str:
        """The row that is open, else the marked one; "" for none."""
        return self.drawer.row if self.drawer is not None else self.marked.id if self.marked is not None else ""

    def failed(self, fault: BaseException) -> None:
        """Say a refusal; show a card in place of the page for anything else."""
        if isinstance(fault, UserError):
            self.desk.refused(fault)
            return
        self.fault = fault
        self.error_id = self.desk.log_fault(fault)
        self.changed()

    def retry(self) -> None:
        """Try the page again."""
        self.fault = self.page = None
        self.opened()

    def reload(self) -> None:
        """Read the rows again, and the cards where they are shown."""
        page = self.page
        if page is None:
            return
        self.fetched.ask(lambda query: told_in(page.rows(self.pos, query)))
        self._unread = page.cards is not None
        self.changed()

    def read_cards(self) -> None:
        """Read the cards, unless they were since the rows: where they have room."""
        if self._unread and self.page is not None and self.page.cards is not None:
            cards, self._unread = self.page.cards, False
            self.fetched.submit(lambda: told_in(tuple(cards(self.pos))), self._carded)

    def _carded(self, cards: tuple[Figure, ...]) -> None:
        self.cards, self.awaited = cards, False
        self.changed()

    @property
    def total(self) -> int:
        """How many rows match."""
        return self.fetched.total

    @property
    def query(self) -> Query:
        """What is asked for."""
        return self.fetched.query

    def row(self, number: int) -> PageRow | None:
        """Return a row by its place in the list; None while it is fetched."""
        return self.fetched.row(number)

    # Asking for other rows ---------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Ask for what matches, once the person stops typing for a moment."""
        if text == self.query.text:
            return
        wanted = self.fetched.query = msgspec.structs.replace(self.query, text=text)
        self.desk.runner.later(WAIT, lambda: self._again() if wanted is self.query else None)

    def _again(self) -> None:
        self.index = 0
        self.chosen.clear()
        self.reload()

    def sort(self, column: str) -> None:
        """Order by a column, the other way round when asked twice."""
        same = self.query.sort == column
        self.fetched.query = msgspec.structs.replace(
            self.query, sort=column, descending=same and not self.query.descending
        )
        self._again()

    def filter(self, name: str, value: str) -> None:
        """Choose the value of a filter, "" for all."""
        filters = {**self.query.filters, name: value}
        self.fetched.query = msgspec.structs.replace(self.query, filters={k: v for k, v in filters.items() if v})
        self._again()

    def ask_filter(self, name: str) -> None:
        """Let the person choose the value of a filter."""
        if self.page is None:
            return
        wanted = next(f for f in self.page.filters if f.id == name)
        rows = [Choice("", _("All"), icon="list")] + [Choice(value, label) for value, label in wanted.choices if value]
        self.desk.open(PickDialog(self.desk, wanted.title, lambda _t: rows, partial(self.filter, name)))

    def ask_filters(self, names: tuple[str, ...]) -> None:
        """Let the person choose one of the filters that have no room of their own."""
        if self.page is not None:
            rows = [Choice(one.id, one.title) for one in self.page.filters if one.id in names]
            self.desk.open(PickDialog(self.desk, _("More filters"), lambda _t: rows, self.ask_filter))

    # Moving and ticking ------------------------------------------------------------------------------------

    def move(self, step: int) -> None:
        """Mark another row."""
        self.index = min(max(self.index + step, 0), max(self.total - 1, 0))
        self.changed()

    def mark(self, number: int) -> None:
        """Mark a row and open its drawer."""
        self.index = number
        self.open_marked()

    @property
    def marked(self) -> PageRow | None:
        """The marked row."""
        self.index = min(self.index, max(self.total - 1, 0))
        return self.row(self.index)

    def tick(self, number: int) -> None:
        """Choose a row, or let go of it."""
        row = self.row(number)
        if row is not None:
            if row.id in self.chosen:
                del self.chosen[row.id]
            else:
                self.chosen[row.id] = None
            self.changed()

    def tick_marked(self) -> None:
        """Choose the marked row."""
        self.tick(self.index)

    def tick_all(self) -> None:
        """Choose all rows that were fetched, or let go of all."""
        rows = [row.id for row in self.fetched.rows()]
        self.chosen = {} if len(self.chosen) >= len(rows) else dict.fromkeys(rows)
        self.changed()

    def scanned(self, code: str) -> bool:
        """Give a scanned code to the page; without a use for it, search for it."""
        page = self.page
        if page is None:
            return False
        if page.scan is not None:
            scan = page.scan
            self.desk.attempt(lambda _ok: scan(self.pos, code), self.done)
        elif page.hint:
            self.fetched.query = msgspec.structs.replace(self.query, text=code)
            self._again()
        return True

    # The drawer --------------------------------------------------------------------------------------------

    def open_marked(self) -> None:
        """Show the marked row in full."""
        row = self.marked
        if row is not None:
            self.open_row(row.id)

    def open_row(self, row: str) -> None:
        """Show a row in full, once what was typed is saved or given up."""
        page = self.page
        if page is None or page.drawer is None:
            self.changed()
            return
        make = page.drawer
        if self.drawer is not None and self.drawer.row == row and not self.drawer.form.changes:
            self.close_drawer()
            return
        self._leave_drawer(lambda: self.desk.attempt(lambda _ok: make(self.pos, row), partial(self._show, row)))

    def new(self) -> None:
        """Show an empty drawer."""
        if self.page is not None and self.page.new is not None:
            make = self.page.new
            self._leave_drawer(lambda: self.desk.attempt(lambda _ok: make(self.pos), partial(self._show, "")))

    def _show(self, row: str, drawer: Any) -> None:
        self.drawer = DrawerState(row, drawer, self.desk.formats.currency)
        self.changed()

    def _leave_drawer(self, then: Callable[[], object]) -> None:
        if self.drawer is None or not self.drawer.form.changes:
            then()
            return
        title = _("Discard what you changed?")
        text = _("It was not saved yet.")
        self.desk.open(Question(self.desk, title, text, _("Discard"), lambda: self._dropped(then), severe=True))

    def _dropped(self, then: Callable[[], object]) -> None:
        self.drawer = None
        then()
        self.changed()

    def close_drawer(self) -> None:
        """Take the drawer away."""
        self._leave_drawer(lambda: self._dropped(lambda: None))

    def next_field(self, step: int = 1) -> None:
        """Go to the next field of the drawer, or with -1 to the one before."""
        if self.drawer is not None:
            self.drawer.form.next(step)
            self.changed()

    def choose(self, name: str) -> None:
        """Choose the value of a field of the drawer that is not typed."""
        if self.drawer is not None:
            choose(self.desk, self.drawer.form, name, self.changed)

    def typed(self, char: str) -> bool:
        """A space opens the list of a choice in the drawer."""
        if char == " " and self.drawer is not None and self.drawer.form.focus:
            self.choose(self.drawer.form.focus)
            return True
        return False

    def save(self) -> None:
        """Save what was changed in the drawer."""
        state = self.drawer
        if state is None or state.drawer.save is None:
            return
        if not state.form.check():
            self.changed()
            return
        save = state.drawer.save
        changes = {name: text.strip() for name, text in state.form.changes.items()}

        def run(_ok: bool) -> Done | None:
            try:
                return save(self.pos, changes)
            except Confirm:
                raise
            except UserError as refusal:
                if state.form.blame(refusal):
                    self.changed()
                raise

        self.desk.attempt(run, self._saved)

    def _saved(self, done: Done | None) -> None:
        row = self.drawer.row if self.drawer is not None else ""
        self.drawer = None
        self.done(done or Done(text=_("Saved")))
        wanted = done.open if done is not None and done.open else row
        if wanted:
            self.open_row(wanted)

    def done(self, done: Done | None) -> None:
        """Say what was done and show the page as it is now."""
        if done is not None:
            self.desk.done(done, self.pos)
            if done.go:
                self.go(done.go)
        self.reload()
        if done is not None and done.open and not done.go:
            self.open_row(done.open)

    def more(self, actions: Sequence[PageAction]) -> None:
        """List the actions of the drawer's row that have no room in it."""
        by_id, row = {action.id: action for action in actions}, self.drawer.row if self.drawer else ""

        def find(text: str) -> list[Choice]:
            return matching([Choice(one.id, one.title, icon=one.icon) for one in actions], text)

        self.desk.open(PickDialog(self.desk, _("More"), find, lambda name: self.act(by_id[name], row)))

    def leave(self) -> None:
        """Esc: close the drawer first, then the page."""
        if self.drawer is not None:
            self.close_drawer()
        else:
            self.desk.back()

    def _search(self) -> None:
        self.on_search()

    def _no_new(self) -> str:
        return "" if self.page is not None and self.page.new is not None else _("Nothing can be made new here")

    def _drawer_first(self) -> str:
        return "" if self.drawer is None else _("Close the form first")

    def _no_drawer(self) -> str:
        return "" if self.drawer is not None and self.drawer.form.changes else _("Nothing was changed")
