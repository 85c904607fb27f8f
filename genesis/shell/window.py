"""The shell's window: it shows what the desk says, and is drawn anew after a soft restart."""

from __future__ import annotations

import logging
import time
import tkinter
from collections.abc import Callable
from functools import partial
from types import TracebackType

from genesis.kernel.errors import UserError
from genesis.shell import designed
from genesis.shell.badges import Badges
from genesis.shell.display import CustomerDisplay
from genesis.shell.keyboard import Keyboard
from genesis.shell.kit import fonts, styles, theme
from genesis.shell.kit.kit import Kit, fitting_scale
from genesis.shell.places import Places
from genesis.shell.preferences import PreferencesFile
from genesis.shell.session import Session
from genesis.shell.sounds import play
from genesis.shell.standing import Standing
from genesis.shell.tasks import Tasks
from genesis.shell.views.base import View
from genesis.shell.views.contributed import ContributedView, Contribution
from genesis.shell.views.designed_view import lost
from genesis.shell.views.form import FormSheet
from genesis.shell.views.listpage import ListPageView
from genesis.shell.views.lists import PickSheet, ReturnSheet
from genesis.shell.views.payment import PaymentView
from genesis.shell.views.rail import Rail
from genesis.shell.views.receipt import ReceiptView
from genesis.shell.views.sell import SellView
from genesis.shell.views.sheets import AskSheet, NumberSheet, PaperSheet, Sheet, WorkSheet
from genesis.shell.views.sign_in import SignInView
from genesis.shell.views.toast import ToastStrip
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.desk import Ask, Desk, Dialog, Page
from genesis.shell.vm.document import Document
from genesis.shell.vm.form import FormDialog
from genesis.shell.vm.keys import KeyMap
from genesis.shell.vm.listpage import ListPageVM
from genesis.shell.vm.numbers import NumberDialog
from genesis.shell.vm.palette import Palette
from genesis.shell.vm.payment import PaymentVM
from genesis.shell.vm.picks import PickDialog
from genesis.shell.vm.receipt import ReceiptVM
from genesis.shell.vm.returns import ReturnDialog
from genesis.shell.vm.sign_in import SignInVM
from genesis.shell.vm.work import WorkDialog
from genesis.shell.wedge import Wedge
from genesis.shell.words import _, mirrored

log = logging.getLogger("genesis.shell")
SHEETS: tuple[tuple[type[Dialog], Callable[..., Sheet]], ...] = (
    (NumberDialog, NumberSheet), (PickDialog, PickSheet), (ReturnDialog, ReturnSheet), (FormDialog, FormSheet),
    (WorkDialog, WorkSheet), (Document, PaperSheet), (Ask, AskSheet),
)  # fmt: skip


class Window:
    """The window of the shell; run() returns when it is closed. faults: unexpected errors of callbacks so far."""

    def __init__(self, session: Session, preferences: PreferencesFile, size: tuple[int, int] = (1280, 800)) -> None:
        fonts.load_private(fonts.prepare())
        self.root = tkinter.Tk(className="Genesis")
        self.root.withdraw()
        self.root.title("Genesis")
        self.standing = Standing(self.root, preferences.value, size)
        self.root.minsize(640, 400)
        self.root.report_callback_exception = self._fault
        self.preferences = preferences
        self.faults: list[BaseException] = []
        self.session = session
        self._dpi = self.root.winfo_fpixels("1i") / 96
        self.kit = Kit(self.root, self._theme(), self._scale(*size))
        self.kit.keep_drawn()
        self._lost: list[str] = []
        self._told: list[str] = []
        self._dress()
        self.tasks = Tasks(self.root)
        self.keyboard = Keyboard(self.root, lambda: self.desk, self._wedge)
        self._pending = ""
        self.touched = time.monotonic()  # when somebody last did something
        for event in ("<KeyRelease>", "<ButtonPress>"):  # a press that is a command ends before it comes here
            self.root.bind_all(event, self._on_touch, add="+")
        self._build()
        self._tell_lost()
        self.root.bind("<Configure>", self._on_size, add="+")
        self.root.bind("<Property>", self._on_standing, add="+")
        self.root.bind("<FocusIn>", self._on_focus, add="+")
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self.root.deiconify()
        self.root.attributes("-fullscreen", preferences.value.full_screen)
        self.display = CustomerDisplay(self)
        self.root.after_idle(self.display.renew)  # once the till itself has its place

    # Building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Make desk, view-models and views for the session."""
        session = self.session
        self.kit.mirrored = mirrored()
        self.desk = Desk(session.till, self.tasks, KeyMap(self.preferences.value.keys))
        self.desk.tips = tuple(rate.strip() for rate in self.preferences.value.tips.split(",") if rate)
        self.desk.sound = lambda cue: play(self.root, cue) if self.preferences.value.sounds else None
        self.desk.define(Command("window.fullscreen", _("Full screen"), self.full_screen, "maximize"))
        self.cashier = CashierVM(self.desk)
        self.places = Places(self)
        if session.sign_in is None:  # nothing leads past the lock
            palette = Palette(self.desk, self.cashier, self.places.goals)
            self.desk.define(Command("actions.open", _("All"), palette.open, "ellipsis"))
            self.desk.define(Command("help", _("Help"), lambda: self.go("help"), "book-open"))
        if session.lock is not None:
            self.desk.define(Command("till.lock", _("Lock or change user"), session.lock, "lock"))
        for command, key in session.actions:
            self.cashier.define(command)
            self.desk.keys.add("sell", command.id, key)
        self.payment, self.receipt = PaymentVM(self.desk), ReceiptVM(self.desk)
        self.desk.screens = {
            "sell": self.cashier, "payment": self.payment, "receipt": self.receipt,
            **{screen.id: self._page(screen) for screen in session.screens},
        }  # fmt: skip
        self.views: dict[str, View] = {}
        self.sheets: dict[Dialog, Sheet] = {}
        store = session.till.store()
        about = lambda: (store.name, session.till.person())  # noqa: E731
        self.rail = Rail(self.root, self.kit, self.places.shown, about, self.places.more)
        self.badges = Badges(self.tasks, self.rail.refresh)
        self.toast = ToastStrip(self.root, self.kit, self.desk)
        self._shown: tuple[object, ...] = ()
        self.desk.subscribe(self.refresh)
        self.cashier.subscribe(self.rail.refresh)
        if session.sign_in is not None:
            self.desk.screens["sign_in"] = SignInVM(self.desk, session.sign_in)
        self.desk.go("sell" if session.sign_in is None else "sign_in")
        self.show()

    def _wedge(self, scan: Callable[[str], object]) -> Wedge:
        wish = self.preferences.value
        return Wedge(scan, gap=wish.gap, least=wish.least, prefix=wish.prefix)

    def _page(self, screen: Contribution) -> ViewModel:
        """Make the view-model of what a plugin brings."""
        if not screen.page:
            return Page(self.desk)
        make = partial(screen.make, self.session.pos)
        return ListPageVM(self.desk, screen.title, make, self.session.pos, author=screen.author,
                          allowed=self.session.allowed, go=self.go)  # fmt: skip

    def rebuild(self, session: Session) -> None:
        """Draw everything anew on another session: the soft restart after a toggle. The open page is kept."""
        page, toast = self.desk.screen, self.desk.toast
        self.tasks.drop()
        for widget in (*self.views.values(), *self.sheets.values(), self.rail, self.toast):
            widget.destroy()
        self.session = session
        self.kit.change(self._theme(), self.kit.scale)
        self.root.attributes("-fullscreen", self.preferences.value.full_screen)
        self.keyboard.renew()
        self._build()
        if self.desk.screen == "sell" and page in self.desk.screens and page not in {"payment", "receipt"}:
            self.desk.go(page)
        self.desk.toast = toast if session.sign_in is None else None  # a locked till tells nothing of the sale below
        self.restyle()

    def _view(self, screen: str) -> View:
        """Return the view of a screen, built when it is first shown."""
        view = self.views.get(screen)
        if view is None:
            view = self.views[screen] = self._make(screen)
        return view

    def _make(self, screen: str) -> View:
        root, kit, desk = self.root, self.kit, self.desk
        if screen == "sell":
            return SellView(root, kit, desk, self.cashier)
        if screen == "payment":
            return PaymentView(root, kit, desk, self.payment)
        if screen == "receipt":
            return ReceiptView(root, kit, desk, self.receipt)
        vm = desk.screens[screen]
        if isinstance(vm, SignInVM):
            return SignInView(root, kit, desk, vm)
        if isinstance(vm, ListPageVM):
            return ListPageView(root, kit, desk, vm)
        contribution = next(s for s in self.session.screens if s.id == screen)
        return ContributedView(root, kit, desk, vm, contribution, self.session.pos)

    def _sheet(self, dialog: Dialog) -> Sheet:
        for kind, draw in SHEETS:
            if isinstance(dialog, kind):
                return draw(self.root, self.kit, self.desk, dialog)
        raise TypeError(f"no sheet draws {type(dialog).__name__}")

    # Showing -----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the desk says when Tk is idle."""
        if not self._pending:
            self._pending = self.root.after_idle(self.show)

    def show(self) -> None:
        """Show the screen, the dialogs and the toast of the desk."""
        if self._pending:
            self.root.after_cancel(self._pending)
            self._pending = ""
        if self.root.winfo_width() <= 1:
            return  # not on the screen yet: its first size draws it
        view = self._view(self.desk.screen)
        for other in self.views.values():
            if other is not view:
                other.place_forget()
        self._place(view)
        for dialog in [d for d in self.sheets if d not in self.desk.dialogs]:
            self.sheets.pop(dialog).destroy()
        for dialog in self.desk.dialogs:
            if dialog not in self.sheets:
                self.sheets[dialog] = self._sheet(dialog)
            self._place_sheet(self.sheets[dialog], view)
            self.sheets[dialog].veil(on=dialog is not self.desk.dialogs[-1])
        drawn = any(dialog.seen for dialog in self.desk.dialogs)
        view.veil(on=bool(self.desk.dialogs), drawn=drawn)
        self.rail.veil(on=bool(self.desk.dialogs), drawn=drawn)
        self.rail.refresh()
        left = self.kit.px(self._rail_width(view)) if view.rail else 0
        self.toast.show(view.notice().moved(self.kit.dp(left), 0))
        now = (view, *self.desk.dialogs)
        if now != self._shown:
            self._shown = now
            self._focus()
            if not self.desk.dialogs:  # what a dialog led to is known once it is gone
                self.badges.ask_soon(self.session.screens, self.session.pos)

    def _focus(self) -> None:
        """Give the keys to what is uppermost."""
        dialogs = self.desk.dialogs
        (self.sheets[dialogs[-1]] if dialogs else self.views[self.desk.screen]).focus_here()

    def _on_touch(self, _event: tkinter.Event[tkinter.Misc]) -> None:
        self.touched = time.monotonic()

    def _on_focus(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if event.widget is self.root and self._shown:  # the window itself got the keys: pass them on
            self._focus()

    def _rail_width(self, view: View) -> float:
        """Words beside the icons in the back office, where there is room for them."""
        width, height = self.kit.dp(self.root.winfo_width()), self.kit.dp(self.root.winfo_height())
        return 212.0 if view.wide and width >= 1000 and height >= 560 else 84.0 if width >= 900 else 60.0

    def _place(self, view: View) -> None:
        left = self.kit.px(self._rail_width(view)) if view.rail else 0
        if view.rail:
            side = 1.0 if self.kit.mirrored else 0.0
            self.rail.place(relx=side, x=-left * side, y=0, width=left, relheight=1)
        else:
            self.rail.place_forget()
        dp = self.kit.dp
        view.fit(dp(self.root.winfo_width() - left), dp(self.root.winfo_height()))
        view.place(x=0 if self.kit.mirrored else left, y=0, relwidth=1, width=-left, relheight=1)
        view.refresh()

    def _place_sheet(self, sheet: Sheet, view: View) -> None:
        box, px = view.sheet(), self.kit.px
        left = px(self._rail_width(view)) if view.rail else 0
        sheet.fit(box.w, box.h)
        x = self.root.winfo_width() - left - px(box.right) if self.kit.mirrored else left + px(box.x)
        sheet.stand(x, px(box.y))
        tkinter.Misc.lift(sheet)

    def go(self, screen: str) -> None:
        """Go to a place of the rail; an open dialog is left alone, and nothing leads past the lock."""
        if self.session.sign_in is None and not self.desk.dialogs and screen in self.desk.screens:
            del self.desk.stack[1:]
            self.desk.go(screen)

    # Look and size -----------------------------------------------------------------------------------------

    def _theme(self) -> theme.Theme:
        """Return the chosen theme; one that is gone or unreadable gives way to the next."""
        looks = sorted(self.session.looks, key=lambda look: look.id != self.preferences.value.theme)
        for look in looks:
            try:
                return theme.load(look.path)
            except UserError as wrong:
                log.warning("theme %s is not used: %s", look.id, wrong)
        return theme.load(theme.BASE)

    def next_look(self) -> None:
        """Take the next theme, live."""
        ids = [look.id for look in self.session.looks]
        chosen = self.preferences.value.theme
        place = ids.index(chosen) if chosen in ids else 0  # the one that is shown instead
        self.choose_look(ids[(place + 1) % len(ids)])

    def choose_look(self, look: str) -> None:
        """Take a theme by its id, live, and keep it."""
        self.preferences.change(theme=look)
        self.restyle()

    def restyle(self) -> None:
        """Draw everything in the present theme and scale."""
        self.kit.change(self._theme(), self._scale(self.root.winfo_width(), self.root.winfo_height()))
        self._dress()
        self._tell_lost()
        for view in (*self.views.values(), *self.sheets.values()):
            view.restyle()
        self.toast.refresh()
        self.refresh()
        self.display.renew()

    def _dress(self) -> None:
        """Take what the theme brings beside its colours."""
        styles.apply(self.kit)
        self.kit.designs, faults = designed.screens(self.kit.theme)
        self._lost = [str(fault) for fault in faults]

    def _tell_lost(self) -> None:
        """Say once that a screen of the theme's own is not used."""
        news, self._told = self._lost != self._told, self._lost
        if self._lost and news:
            log.warning("%s", "; ".join(self._lost))
            self.desk.say(lost(), "warn")

    def _scale(self, width: int, height: int) -> float:
        return fitting_scale(self._dpi, self.preferences.value.scale, width, height)

    def _on_size(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if event.widget is not self.root:
            return
        self._on_standing(event)
        if self._scale(event.width, event.height) != self.kit.scale:
            self.restyle()
        else:
            self.refresh()

    def _on_standing(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if event.widget is self.root and self.root.winfo_viewable():
            self.standing.look(full_screen=self.preferences.value.full_screen)

    def full_screen(self) -> None:
        """Fill the screen, or stop doing so."""
        self.standing.look(full_screen=self.preferences.value.full_screen)
        value = self.preferences.change(full_screen=not self.preferences.value.full_screen)
        self.root.attributes("-fullscreen", value.full_screen)

    # Running -----------------------------------------------------------------------------------------------

    def _fault(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """An error in a callback: a refusal is said, a plugin's page becomes a card, all else is shown with its id."""
        view = self.views.get(self.desk.screen)
        if isinstance(error, UserError):
            self.desk.refused(error)
        elif isinstance(view, ContributedView) and view.screen.wrote(error):
            view.failed(error)
        else:
            self.faults.append(error)
            self.desk.fault(error)

    def run(self) -> None:
        """Show the window until it is closed."""
        self.root.mainloop()

    def close(self) -> None:
        """Close the window; the open cart stays as it is."""
        value = self.preferences.value
        self.preferences.change(**self.standing.stood(self.desk.screen, full_screen=value.full_screen))
        self.display.close()
        self.tasks.close()
        self.root.update_idletasks()  # ttk tells its widgets of a theme when idle, and must still find them
        self.root.destroy()
