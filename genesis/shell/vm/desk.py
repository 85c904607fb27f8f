"""The desk: which screen and dialogs are up, what is said to the cashier, and who gets a key or a scan."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from genesis.hooks.pages import Done
from genesis.kernel.approvals import Approval
from genesis.kernel.errors import RAISED, Confirm, NotReady, PluginFault, UnknownCode, UserError
from genesis.shell.paper import printer_of
from genesis.shell.told import told_in
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.formats import Formats
from genesis.shell.vm.keys import KeyMap
from genesis.shell.vm.till import Till, Tone
from genesis.shell.words import _, told

log = logging.getLogger("genesis.shell")
T = TypeVar("T")
Try = Callable[[bool], T]


Cue = Literal["good", "bad", "unknown"]  # what a scan led to, for the ears


class Toast(NamedTuple):
    """Something said in passing; `stay` until the next one or a touch. undo: takes back what was said."""

    text: str
    tone: Tone = "info"
    stay: bool = False
    undo: Callable[[], object] | None = None


class Runner(Protocol):
    """Runs work beside the window and brings the result back to its thread."""

    def submit(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Run `work` in a worker, then `done` or `failed` on the thread of the window."""
        ...

    def later(self, ms: int, run: Callable[[], object]) -> None:
        """Run something on the thread of the window after a while."""
        ...


def begun(text: str) -> str:
    """Return what was said in the language of the screens, beginning as a sentence does."""
    said = told(text)
    return f"{said[:1].upper()}{said[1:]}"


def sentences(error: UserError) -> str:
    """Return what happened and what to do as sentences."""
    parts = (begun(error.what), begun(error.remedy))
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


class Dialog(ViewModel):
    """A question over the screen. error: what was wrong with the last answer, shown inside it.

    seen: whether the screen lies behind it already; one that may be over at once has the keys before that.
    """

    context = "ask"
    seen = True

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__()
        self.desk, self.title, self.error = desk, title, ""
        self.define(
            Command("dialog.accept", _("OK"), self.accept, "check"),
            Command("dialog.close", _("Close"), self.close, "x"),
        )

    def accept(self) -> None:
        """Take the answer."""
        self.close()

    def close(self) -> None:
        """Go away without an answer."""
        self.desk.close(self)

    def refuse(self, error: UserError) -> None:
        """Show what was wrong with the answer."""
        self.error = sentences(error)
        self.changed()


class Ask(Dialog):
    """Sentences with a yes and a no. severe: the yes is not taken lightly; note: small print.

    other: what stands in place of the way back, with what it does.
    """

    def __init__(self, desk: Desk, title: str, texts: tuple[str, ...], yes: str) -> None:
        super().__init__(desk, title)
        self.texts, self.yes = texts, yes
        self.severe, self.note = False, ""
        self.other: tuple[str, Callable[[], object]] | None = None


class Question(Ask):
    """A yes or no; run is called on yes."""

    def __init__(
        self, desk: Desk, title: str, text: str, yes: str, run: Callable[[], object], *, severe: bool = False
    ) -> None:
        super().__init__(desk, title, (text,), yes)
        self.severe, self._run = severe, run

    def accept(self) -> None:
        """Yes."""
        self.close()
        self._run()


class Desk(ViewModel):
    """The shell without its window. screens: id -> view-model; the last of `stack` is shown."""

    def __init__(self, till: Till, runner: Runner, keys: KeyMap | None = None) -> None:
        super().__init__()
        self.till, self.runner, self.keys = till, runner, keys or KeyMap()
        store = till.store()
        self.formats = Formats(store.locale, store.currency)
        self.screens: dict[str, ViewModel] = {}
        self.stack: list[str] = []
        self.dialogs: list[Dialog] = []
        self.toast: Toast | None = None
        self.tips: tuple[str, ...] = ()  # percentages to choose from; none: no tip is asked for
        self.sound: Callable[[Cue], object] = lambda _cue: None
        self._cue: Cue = "good"
        self.define(Command("undo", _("Undo"), self.undo, "undo-2", self._nothing_to_undo))

    # Screens and dialogs -----------------------------------------------------------------------------------

    @property
    def screen(self) -> str:
        """The id of the screen that is shown."""
        return self.stack[-1] if self.stack else ""

    @property
    def top(self) -> ViewModel:
        """Who gets keys and scans: the uppermost dialog, else the screen."""
        return self.dialogs[-1] if self.dialogs else self.screens[self.screen]

    def go(self, screen: str) -> None:
        """Show a screen; one that is already below comes back up. What cannot be read is refused and not shown."""
        before = list(self.stack)
        if screen in self.stack:
            del self.stack[self.stack.index(screen) + 1 :]
        else:
            self.stack.append(screen)
        self.toast = None
        try:
            self.screens[screen].opened()
        except UserError:
            self.stack[:] = before or self.stack
            self.changed()
            raise
        self.changed()

    def back(self) -> None:
        """Leave the screen for the one before."""
        if len(self.stack) > 1:
            self.screens[self.stack.pop()].closed()
            self.screens[self.screen].opened()
            self.changed()

    def open(self, dialog: Dialog) -> None:
        """Put a dialog up; what was said in passing makes room for it. After a scan it wants to be looked at."""
        self._cue = "bad"
        if self.toast is not None and not self.toast.stay:
            self.toast = None
        self.dialogs.append(dialog)
        self.changed()

    def close(self, dialog: Dialog) -> None:
        """Take a dialog down, with those above it."""
        if dialog in self.dialogs:
            del self.dialogs[self.dialogs.index(dialog) :]
            dialog.closed()
            self.changed()

    # Saying things -----------------------------------------------------------------------------------------

    def say(self, text: str, tone: Tone = "info", undo: Callable[[], object] | None = None) -> None:
        """Say something in passing; what is bad stays until it is seen. undo: can be taken back while it is shown."""
        self.toast = Toast(text, tone, tone == "bad", undo)
        self.changed()

    def undo(self) -> None:
        """Take back what the toast says."""
        toast, self.toast = self.toast, None
        if toast is not None and toast.undo is not None:
            toast.undo()
        self.changed()

    def _nothing_to_undo(self) -> str:
        return "" if self.toast is not None and self.toast.undo is not None else _("There is nothing to undo")

    def hush(self) -> None:
        """Take the toast away."""
        if self.toast is not None:
            self.toast = None
            self.changed()

    def attempt(self, run: Try[T], then: Callable[[T], object] | None = None, within: Dialog | None = None) -> None:
        """Do what may be refused or asked about. run gets whether a person confirmed.

        A refusal is shown in the dialog it came from, else as a toast; anything unexpected as a dialog with an id.
        """
        self._try(run, then, within, confirmed=False, answers={})

    def _try(
        self,
        run: Try[T],
        then: Callable[[T], object] | None,
        within: Dialog | None,
        *,
        confirmed: bool,
        answers: Mapping[str, str],
    ) -> None:
        try:
            with self.till.answering(answers):
                answer = run(confirmed)
        except Confirm as question:
            if question.fields:
                self._ask(question, run, then, within, confirmed=confirmed, answers=answers)
            elif confirmed:  # asked again after a yes: nobody here can answer it
                self.refused(question, within)
            else:
                again = partial(self._try, run, then, within, confirmed=True, answers=answers)
                self.open(Question(self, begun(question.what), begun(question.remedy), _("Yes"), again))
        except UserError as refusal:
            self.refused(refusal, within)
        except RAISED as fault:  # a till goes on
            self.fault(fault)
        else:
            if then is not None:
                then(answer)

    def _ask(
        self,
        question: Confirm,
        run: Try[T],
        then: Callable[[T], object] | None,
        within: Dialog | None,
        *,
        confirmed: bool,
        answers: Mapping[str, str],
    ) -> None:
        """Ask what a question wants to know; the answers of earlier questions of the same command are kept.

        An approval is looked at first: the command goes on where it was asked, as what it says next is not about that.
        """
        from genesis.shell.vm.form import FormDialog  # it is a dialog of this module

        def take(dialog: FormDialog, values: dict[str, str]) -> None:
            def done(answer: T) -> None:
                dialog.close()
                if then is not None:
                    then(answer)

            def go(given: Mapping[str, str]) -> None:
                if isinstance(question, Approval):
                    dialog.close()
                    self._try(run, then, within, confirmed=confirmed, answers={**answers, **given})
                else:
                    self._try(run, done, dialog, confirmed=confirmed, answers={**answers, **given})

            dialog.error = ""
            self.attempt(lambda _ok: question.answered(values), go, dialog)

        fields = told_in(question.fields)
        known = [dialog for dialog in self.dialogs if isinstance(dialog, FormDialog)]
        if known and known[-1].form.fields == fields:
            if isinstance(question, Approval):
                known[-1].form.set("person", question.chosen)
            known[-1].refuse(question)
            return
        yes = _("Approve") if isinstance(question, Approval) else ""
        self.open(FormDialog(self, begun(question.what), begun(question.remedy), fields, take,
                             values={**question.values, **answers}, yes=yes))  # fmt: skip

    def done(self, done: Done, pos: Any) -> None:
        """Say what an action of a plugin did; what it brought along is shown."""
        from genesis.shell.vm.document import Document  # it is a dialog of this module

        done = told_in(done)
        if done.document:
            printer = None if done.printed else printer_of(pos)
            self.open(Document(self, done.text or _("Document"), done.document, printer))
        elif done.file is not None:
            self.say(_("{text} {file}").format(text=done.text, file=done.file).strip(), done.tone)
        elif done.text:
            undo = done.undo
            self.say(done.text, done.tone, None if undo is None else lambda: self.attempt(lambda _ok: undo(pos)))

    def refused(self, error: UserError, within: Dialog | None = None) -> None:
        """Show a refusal where the person looks."""
        self._cue = "unknown" if isinstance(error, UnknownCode) else "bad"
        if isinstance(error, PluginFault):
            self.fault(error)
        elif within is not None and within in self.dialogs:
            within.refuse(error)
        else:
            tone: Tone = "warn" if isinstance(error, (UnknownCode, NotReady)) else "bad"
            self.say(sentences(error), tone)

    def fault(self, error: BaseException) -> str:
        """Log an unexpected error and show it with the id it has in the log; returns the id."""
        from genesis.shell.vm.mending import Failure  # it is a dialog of this module

        self._cue, error_id = "bad", self.log_fault(error)
        if not (self.dialogs and isinstance(self.dialogs[-1], Failure)):  # one at a time, however often it fails
            self.open(Failure(self, error, error_id))
        return error_id

    def log_fault(self, error: BaseException) -> str:
        """Log an unexpected error; returns the id that finds it."""
        error_id = secrets.token_hex(3).upper()
        log.error("error %s", error_id, exc_info=error)
        return error_id

    # Keys, characters and scans ----------------------------------------------------------------------------

    def dispatch(self, command: str, owner: ViewModel | None = None) -> bool:
        """Run a command of a view-model (default: who has the keys); returns whether there is one.

        While a dialog is up, what lies below it does nothing.
        """
        owner = owner or self.top
        known = self._known(command, owner)
        if known is None or (self.dialogs and owner is not self.top):
            return False
        if reason := known.blocked():
            self.say(reason, "warn")
            return True
        if self.toast is not None and self.toast.stay:
            self.hush()
        try:
            known.run()
        except UserError as refusal:
            self.refused(refusal)
        except RAISED as fault:  # a till goes on
            self.fault(fault)
        return True

    def _known(self, command: str, owner: ViewModel) -> Command | None:
        return owner.commands.get(command) or self.commands.get(command)

    def key(self, key: str) -> bool:
        """Take a key by name ("F4", "Ctrl+K"); returns whether it means something now."""
        command = self.keys.command(self.top.context, key)
        return bool(command) and self.dispatch(command)

    def means(self, key: str) -> bool:
        """Tell whether a key would do something here and now."""
        known = self._known(self.keys.command(self.top.context, key), self.top)
        return known is not None and not known.blocked()

    def scan(self, code: str) -> None:
        """Give a scanned code to who has the keys, and let hear what came of it."""
        self.hush()
        self._cue = "good"
        if not self.top.scanned(code):
            self._cue = "bad"
            self.say(_("Scan {code} was not used: finish what is on the screen first").format(code=code[:20]), "warn")
        self.sound(self._cue)

    def cap(self, command: str, context: str = "") -> str:
        """Return the key cap of a command."""
        return self.keys.cap(context or self.top.context, command)


class Page(ViewModel):
    """A screen that only knows how to be left: what plugins bring."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.define(Command("page.back", _("Back"), desk.back, "undo-2"))
