"""The card that asks for name and password."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.kit import controls
from genesis.shell.kit.field import Field
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.pane import Pane
from genesis.shell.views.designed_view import DesignedView, Press
from genesis.shell.vm.sign_in import SignInVM
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk


FEW = 8  # people to choose from; more are typed


class SignInView(DesignedView):
    """One card; Tab goes from field to field."""

    rail = False
    screen = "sign_in"

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: SignInVM) -> None:
        super().__init__(parent, kit, desk, vm)
        self.vm = vm
        self.main = self.pane(self._draw)
        self.name = Field(self.main, "name", vm.write_name)
        self.secret = Field(self.main, "secret", vm.write_secret, secret=True)
        self.name.write(vm.name)

    def arrange(self) -> None:
        """One pane fills the screen."""
        self.put(self.main, self.area)

    def refresh(self) -> None:
        """Show the chosen name, and what the view-model kept of the password: nothing."""
        self.name.write(self.vm.name)
        self.secret.write(self.vm.secret)
        super().refresh()

    def focus_here(self) -> None:
        """The name is known at most tills: type the password."""
        (self.secret if self.vm.name else self.name).focus()

    def _draw_people(self, p: Pane, box: Box, people: tuple[tuple[str, str], ...]) -> float:
        """Draw who may be chosen, two in a row; returns where the next thing stands."""
        y = box.y
        for at in range(0, len(people), 2):
            pair = people[at : at + 2]
            for (account, name), cell in zip(pair, columns(Box(box.x, y, box.w, 48), 2, 8), strict=False):
                kind: controls.Kind = "chosen" if account == self.vm.name else "plain"
                controls.button(p, f"person.{account}", cell, partial(self._choose, account), text=name, kind=kind)
            y += 56
        return y

    def _choose(self, account: str) -> None:
        self.vm.choose(account)
        self.secret.focus()

    def press(self, action: str, caption: str) -> Press:
        """There is one thing to do."""
        run = partial(self.desk.dispatch, action, self.vm)
        return Press(run, caption, _("Sign in"), cap=self.desk.cap(action, "sign_in"))

    def area_of(self, slot: str) -> Callable[[Pane, Box], None]:
        """Whom to choose from."""

        def people(p: Pane, box: Box) -> None:
            self._draw_people(p, box, self._people(int((box.h + 8) // 56) * 2))

        return people

    def words_of(self, slot: str) -> tuple[str, str]:
        """Where this is, and what is wrong."""
        store = self.desk.till.store()
        name = store.name or "Genesis"
        return {"slot.store": (name, ""), "slot.register": (store.register, "")}.get(slot, (self.vm.error, "bad"))

    def draw_field(self, p: Pane, field: str, box: Box) -> None:
        """Name or password."""
        if field == "sign_in.name":
            self.name.draw(box, _("Name"), icon="user")
        else:
            self.secret.draw(box, _("Password"), icon="lock", bad=bool(self.vm.error))

    def notice(self) -> Box:
        """Toasts stand where the design has a place for them, or below all."""
        return self.place_of("slot.notice") or super().notice()

    def _people(self, most: int) -> tuple[tuple[str, str], ...]:
        """Who may be chosen: nobody where they are too many, or only one."""
        people = self.vm.door.people
        return people if 1 < len(people) <= most else ()

    def _draw(self, p: Pane) -> None:
        if self.draw_designed(p):
            return
        c, area = self.kit.theme.color, self.area
        p.clear(c.app)
        people = self._people(FEW)
        height = 350 + (40 if self.vm.error else 0) + 56 * -(-len(people) // 2)
        card = Box(area.cx - 200, max(area.cy - height / 2, 8), 400, min(height, area.h - 16))
        p.surface("card", card, self.kit.theme.radius.card, c.surface, c.border, raised=True)
        p.under = c.surface
        p.surface("logo", Box(card.cx - 24, card.y + 24, 48, 48), 12, c.mark, None)
        p.text("logo.text", card.cx, card.y + 48, "G", "logo", c.on_mark, "center")
        store = self.desk.till.store()
        p.text("store", card.cx, card.y + 96, store.name or "Genesis", "heading", c.text, "center", 360)
        p.text("register", card.cx, card.y + 120, store.register, "small", c.text2, "center", 360)
        left, wide, y = card.x + 24, card.w - 48, card.y + 144
        y = self._draw_people(p, Box(left, y, wide, 48), people)
        self.name.draw(Box(left, y, wide, 52), _("Name"), icon="user")
        self.secret.draw(Box(left, y + 64, wide, 52), _("Password"), icon="lock", bad=bool(self.vm.error))
        y += 128
        if self.vm.error:
            p.text("error", card.cx, y + 8, self.vm.error, "small_medium", c.bad, "center", wide)
            y += 36
        enter = partial(self.desk.dispatch, "sign_in.enter", self.vm)
        cap = self.desk.cap("sign_in.enter", "sign_in")
        controls.button(p, "enter", Box(left, y, wide, 52), enter, text=_("Sign in"), kind="primary", cap=cap)
