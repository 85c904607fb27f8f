"""The shell on an open house: what plugins bring is gathered here, and a soft restart draws everything anew."""

from __future__ import annotations

import logging
import queue
import time
import tkinter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from genesis.db.engine import StorageError
from genesis.hooks import platform as specs
from genesis.hooks.pages import Done, PageAction
from genesis.hooks.values import Action, Screen
from genesis.kernel.actors import NOBODY, OWNER
from genesis.kernel.devicedesk import HEARD
from genesis.kernel.errors import RAISED, Refused, UserError
from genesis.kernel.settings import StoreSettings
from genesis.plugin.app import App
from genesis.shell.offers import within_reach
from genesis.shell.preferences import PreferencesFile
from genesis.shell.register_till import RegisterTill
from genesis.shell.session import Look, Session
from genesis.shell.storeline import StoreLine
from genesis.shell.views.contributed import Contribution
from genesis.shell.vm.base import Command
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.mending import behind
from genesis.shell.vm.payment import PaymentVM
from genesis.shell.vm.sign_in import Door
from genesis.shell.window import Window
from genesis.shell.words import _, locale, of_this_computer, speak, told

log = logging.getLogger("genesis.shell")
WATCH = 2_000  # ms between looks whether another process switched a plugin
HEAR = 30  # ms between looks for a code, where a scanner is
CODES = 16  # codes that may wait for the window; more wait at the device desk, which counts what it must leave out


class Shell:
    """The window of a house and what keeps the two in step."""

    def __init__(self, house: App, preferences: PreferencesFile, *, computer: str = "") -> None:
        self.house = house
        self._computer = computer or of_this_computer()
        self._codes: queue.Queue[str] = queue.Queue(CODES)
        self._deaf: Callable[[], None] = lambda: None
        self._last = OWNER.id  # who was signed in last
        if house.pos.permissions.sign_in_needed():
            house.actor = NOBODY
        self.window = Window(self.session(), preferences)
        house.on_restart = self.restarted
        self._timer = self.window.root.after(WATCH, self._watch)
        self._ear = self.window.root.after(HEAR, self._hear)

    def session(self) -> Session:
        """Gather what the window stands on, as the house is now."""
        house = self.house
        if self._language() != locale():
            speak(
                self._language(), [found.folder / "locale" for found in house.found.values() if found.folder != Path()]
            )
        self._deaf()
        self._deaf = house.pos.devices.on_code(self._scanned)
        till = RegisterTill(house, locale())
        self.line = StoreLine(house.raw_journal.pos, self._line_changed)
        till.lost = lambda: self.line.lost
        return Session(
            till=till,
            looks=self._looks(),
            screens=[
                *self._own(),
                *(self._screen(p, s) for p, s in self._allowed(house.screens) if s.place != "hidden"),
            ],
            actions=[
                self._action(p, a)
                for p, a in house.actions
                if isinstance(a, Action) and within_reach(house, a.permission)
            ],
            sign_in=self._door() if house.actor == NOBODY else None,
            lock=self.lock if house.actor != NOBODY and house.pos.permissions.sign_in_needed() else None,
            pos=house.pos,
            allowed=lambda permission: not house.pos.permissions.reason(house.actor, permission),
        )

    def _language(self) -> str:
        """Return the language that the store chose, in the manner of this country; else that of the computer."""
        chosen = self.house.pos.settings(StoreSettings).language
        here = self._computer.replace("-", "_").partition("_")[0]
        return self._computer if chosen in {"", here} else chosen

    def _door(self) -> Door:
        """Return how somebody gets in: those who have a password may."""
        accounts = self.house.journal.space("account")
        may = {i: kept["name"] for i, kept in accounts.items() if kept.get("active", True) and kept.get("secret")}
        return Door(self._sign_in, tuple(sorted(may.items())), self._last, self._card)

    def _card(self, code: str) -> str:
        """Return whose card it is; they are in where the store asks for no password beside it."""
        account = self.house.pos.permissions.of_card(code)
        if account and self.house.pos.settings(StoreSettings).card_alone:
            self._sign_in(code, "")
        return account

    def _sign_in(self, name: str, secret: str) -> None:
        """Let somebody in: what they may do decides what is drawn."""
        self.house.actor = self.house.pos.permissions.sign_in(name, secret)
        self.restarted()

    def lock(self) -> None:
        """Ask who it is before anything goes on; the open cart waits. Refused while a payment is under way."""
        if self._paying():
            raise Refused(_("a payment is under way"), _("lock the till when it is finished"))
        self._last, self.house.actor = self.house.actor.id, NOBODY
        self.restarted()

    def _paying(self) -> bool:
        register = self.house.register
        return register is not None and register.payments.run is not None

    def restarted(self) -> None:
        """The house was built anew: draw everything anew once the present event is over."""
        self.window.root.after_idle(lambda: self.window.rebuild(self.session()))

    def _watch(self) -> None:
        """Look after what happens without anybody doing anything here."""
        self._timer = self.window.root.after(WATCH, self._watch)
        self.line.look(self.window.desk.runner)
        try:
            self._look_at_pills()
            if not self.line.lost:
                self._follow()
        except StorageError:
            self.line.learn(lost=True)

    def _follow(self) -> None:
        """Follow a switch made by another process, once nobody is in the middle of something."""
        desk = self.window.desk
        if self._left_alone():
            self.lock()
        elif desk.dialogs or desk.screen in {"payment", "sign_in"}:
            return
        elif self.house.outdated():
            self.house.restart()
            self.window.desk.say(_("Plugins or ways to pay were changed"))
        elif self._language() != locale() or self.window.preferences.fresh():
            self.restarted()

    def _look_at_pills(self) -> None:
        screen = self.window.desk.screens[self.window.desk.screen]
        if isinstance(screen, CashierVM | PaymentVM):
            screen.look_at_pills()

    def _line_changed(self) -> None:
        """The database went, or came back: say so; what could not be read is read again."""
        desk = self.window.desk
        if not self.line.lost:
            screen = desk.screens[desk.screen]
            if isinstance(screen, CashierVM):
                screen.opened()
            desk.say(_("The database answers again"), "good")
        self._look_at_pills()

    def _scanned(self, code: str) -> None:
        """Keep a code for the window; called in a thread of the device desk."""
        try:
            self._codes.put(code, timeout=1.0)
        except queue.Full:
            self.house.pos.devices.dropped_codes += 1

    def _hear(self) -> None:
        """Give the codes of scanners to who has the keys, as those that a scanner types."""
        listens = any(device.kind in HEARD for device in self.house.pos.devices.all())
        self._ear = self.window.root.after(HEAR if listens else WATCH, self._hear)
        with suppress(queue.Empty):
            while True:
                code = self._codes.get_nowait()
                self.window.touched = time.monotonic()
                self.window.desk.scan(code)

    def _left_alone(self) -> bool:
        """Tell whether nobody touched the till for as long as the store allows."""
        minutes = self.house.pos.settings(StoreSettings).lock_minutes
        idle = time.monotonic() - self.window.touched
        return bool(minutes) and idle > minutes * 60 and self.window.session.lock is not None and not self._paying()

    def close(self) -> None:
        """Close the window."""
        self.house.on_restart = lambda: None
        self._deaf()
        self.window.root.after_cancel(self._timer)
        self.window.root.after_cancel(self._ear)
        self.window.close()

    # What plugins bring ------------------------------------------------------------------------------------

    def _allowed(self, brought: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """Return what the person may use, in its order."""
        permissions, actor = self.house.pos.permissions, self.house.actor
        kept = [(plugin, x) for plugin, x in brought if not permissions.reason(actor, x.permission)]
        return sorted(kept, key=lambda pair: getattr(pair[1], "order", 0))

    def _own(self) -> list[Contribution]:
        """Return the back office's own pages that the person may use."""
        permissions, actor = self.house.pos.permissions, self.house.actor
        allowed = [(not need or not permissions.reason(actor, need), page) for need, page in own_pages()]
        return [page for may, page in allowed if may]

    def _looks(self) -> list[Look]:
        answers, faults = self.house.hooks.collect(specs.themes, self.house.enabled)
        for plugin, reason in faults.items():
            log.error("the themes of plugin %s are not used: %s", plugin, reason)
        return [Look(t.id, t.title, t.folder / "theme.json") for _plugin, themes in answers for t in themes or ()]

    def _screen(self, plugin: str, screen: Screen) -> Contribution:
        name = f"{plugin}.{screen.id}"
        return Contribution(
            id=name,
            title=told(screen.title),
            icon=screen.icon,
            author=plugin,
            place=screen.build,
            low=screen.place == "admin",
            page=screen.page,
            group=screen.group,
            badge=screen.badge,
            actions=tuple(a for _, a in self.house.actions if isinstance(a, PageAction) and a.page == name),
        )

    def _action(self, plugin: str, action: Action) -> tuple[Command, str]:
        """Return an action as a command with its key; it runs behind the desk's fault boundary."""
        pos, enabled, title = self.house.pos, action.enabled, told(action.title)

        def blocked() -> str:
            try:
                ready = enabled is None or enabled(pos)
            except RAISED:
                log.exception("plugin %s: action %s cannot tell whether it is enabled", plugin, action.id)
                ready = False
            return "" if ready else _("{title} is not possible now").format(title=title)

        def run() -> None:
            desk = self.window.desk
            desk.attempt(lambda _ok: behind(plugin, action.id, lambda: action.run(pos)), self._acted)

        return Command(action.id, title, run, action.icon, blocked), action.keys

    def _acted(self, done: object) -> None:
        """Say what an action did, and show the cart as it is now."""
        if isinstance(done, Done):
            self.window.desk.done(done, self.house.pos)
            if done.go:
                self.window.go(done.go)
        self.window.cashier.refresh()


def own_pages() -> list[tuple[str, Contribution]]:
    """Return the pages of the back office with the permission that each needs, "" for none."""
    at = "genesis.shell.pages"
    return [
        ("reports.read", Contribution("dashboard", _("Dashboard"), "layout-dashboard", "", "", low=True,
                                      page=f"{at}.dashboard:page")),
        ("reports.read", Contribution("sales", _("Sales"), "receipt-text", "", "", low=True, page=f"{at}.sales:page",
                                      group="sales")),
        ("reports.read", Contribution("reports", _("Reports"), "chart-column", "", "", low=True,
                                      page=f"{at}.reports:page", group="sales")),
        ("accounts.change", Contribution("people", _("People"), "users", "", "", low=True, page=f"{at}.people:page",
                                         group="office")),
        ("settings.change", Contribution("settings", _("Settings"), "settings", "", "", low=True,
                                         page=f"{at}.settings:page", group="office")),
        ("settings.change", Contribution("devices", _("Devices"), "printer", "", "", low=True,
                                         page=f"{at}.devices:page", group="office")),
        ("plugins.toggle", Contribution("plugins", _("Plugins"), "puzzle", "", "", low=True,
                                        page=f"{at}.plugins:page", group="office")),
        ("", Contribution("help", _("Help"), "book-open", "", "", low=True, page=f"{at}.help:page", group="office")),
    ]  # fmt: skip


def run(house: App, *, theme: str = "", notice: str = "") -> int:
    """Show the shell of an open house until its window is closed; returns the exit code.

    Raises UserError where there is no display, or no theme of that id.
    """
    try:
        shell = Shell(house, PreferencesFile(house.home.folder / "shell.json"))
    except tkinter.TclError as error:
        raise UserError(f"no window can be opened ({error})", "use the text register: genesis till") from error
    known = [look.id for look in shell.window.session.looks]
    if theme in known:
        shell.window.choose_look(theme)
    elif theme:
        shell.close()
        raise UserError(f"there is no theme {theme!r}", f"use one of: {', '.join(known) or 'none is enabled'}", "theme")
    if not shell.window.cashier.sale.lines:
        shell.window.go(shell.window.preferences.value.page)
    if notice:
        shell.window.desk.say(notice, "warn")
    elif shell.window.cashier.sale.lines and shell.window.session.sign_in is None:  # a lock tells nothing of the sale
        count = shell.window.desk.formats.items(shell.window.cashier.sale.pieces)
        shell.window.desk.say(_("The open sale was resumed: {count}").format(count=count))
    shell.window.run()
    return 0
