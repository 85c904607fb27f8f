"""What can be done on a page of the back office: offered, asked about, done, and within reach of the keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from genesis.hooks.pages import Act, Done, ListPage, PageAction
from genesis.kernel.errors import RAISED, Confirm
from genesis.shell.vm.base import Command
from genesis.shell.vm.desk import Question, begun
from genesis.shell.vm.form import FormDialog
from genesis.shell.vm.mending import behind
from genesis.shell.vm.work import WorkDialog
from genesis.shell.words import _, many, told

if TYPE_CHECKING:
    from genesis.shell.vm.listpage import ListPageVM


class PageActs:
    """The actions of a page for the person who is signed in."""

    def __init__(self, vm: ListPageVM) -> None:
        self._vm = vm

    def define(self, page: ListPage) -> None:
        """Make each a command, so that keys and the palette reach it too."""
        for action in page.actions:
            if self._vm.allowed(action.permission):
                run, blocked = partial(self._do_here, action), partial(self._not_here, action)
                self._vm.define(Command(f"do.{action.id}", action.title, run, action.icon, blocked))

    def _do_here(self, action: PageAction) -> None:
        self.do(action, self._vm.here if action.on == "row" else "")

    def _not_here(self, action: PageAction) -> str:
        """Return why an action cannot be done with what is chosen now."""
        vm = self._vm
        if (action.on == "rows" and not vm.chosen) or (action.on == "row" and not vm.here):
            return _("Choose a row first")
        offered = vm.drawer.drawer.actions if vm.drawer is not None and action.on == "row" else None
        fits = (offered is None or action.id in offered) and self._makes_sense(action, vm.here)
        return "" if fits else _("{title} is not possible now").format(title=action.title)

    def offered(self, on: str, row: str = "") -> list[PageAction]:
        """Return what can be done: "page", "row" (of this id) or "rows"."""
        vm = self._vm
        found = vm.page.actions if vm.page is not None else ()
        return [a for a in found if a.on == on and vm.allowed(a.permission) and self._makes_sense(a, row)]

    def _makes_sense(self, action: PageAction, row: str) -> bool:
        try:
            return action.shown is None or action.shown(self._vm.pos, row)
        except RAISED as fault:  # then it is not offered
            self._vm.desk.log_fault(fault)
            return False

    def do(self, action: PageAction, row: str = "") -> None:
        """Do an action: ask its fields or its question first."""
        desk, rows = self._vm.desk, tuple(self._vm.chosen) if action.on == "rows" else (row,) if row else ()

        def take(dialog: FormDialog, values: dict[str, str]) -> None:
            self._run(action, rows, values, dialog)

        def ask(sure: str) -> None:
            if action.ask:
                chosen = many("{count} row", "{count} rows", len(rows)) if len(rows) > 1 else ""
                desk.open(FormDialog(desk, action.title, sure or chosen, action.ask, take, yes=action.title,
                                     severe=action.danger))  # fmt: skip
            elif sure:
                run = partial(self._run, action, rows, {}, None)
                desk.open(Question(desk, action.title, sure, action.title, run, severe=action.danger))
            else:
                self._run(action, rows, {}, None)

        sure = action.sure  # what gives it may refuse
        desk.attempt(lambda _ok: told(sure if isinstance(sure, str) else sure(self._vm.pos, row)), ask)

    def _run(
        self, action: PageAction, rows: tuple[str, ...], values: dict[str, str], dialog: FormDialog | None,
        agreed: str = "",
    ) -> None:  # fmt: skip
        vm = self._vm

        def finished(done: Done | Confirm | None) -> None:
            if isinstance(done, Confirm):  # long work asks once, and begins anew with the answer
                again = partial(self._run, action, rows, values, None, str(done))
                vm.desk.open(Question(vm.desk, begun(done.what), begun(done.remedy), _("Yes"), again))
                return
            if dialog is not None:
                dialog.close()
            vm.chosen.clear()
            vm.done(done)

        if action.long:
            if dialog is not None:
                dialog.close()

            def work(tell: Callable[[int, int], bool]) -> Done | Confirm | None:
                try:
                    act = Act(rows=rows, values=values, progress=tell, agreed=agreed)
                    return behind(vm.author, action.id, lambda: action.run(vm.pos, act))
                except Confirm as question:
                    return question

            WorkDialog.start(vm.desk, action.title, work, finished)
            return

        def run(_ok: bool) -> Done | None:
            return behind(vm.author, action.id, lambda: action.run(vm.pos, Act(rows=rows, values=values)))

        vm.desk.attempt(run, finished, within=dialog)
