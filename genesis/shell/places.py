"""Where one can go: the entries of the navigation, of its overflow and of the palette."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.views.contributed import Contribution
from genesis.shell.views.rail import Place
from genesis.shell.vm.palette import Goal
from genesis.shell.vm.picks import Choice, PickDialog, matching
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.window import Window

MANY = 8  # places out of sight, from which on they can be searched


class Places:
    """The places of a window as it is now."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def shown(self, *, every: bool = False) -> list[Place]:
        """Return beside the till what cashiers use, in the back office (or asked for every) all of it."""
        window, session = self._window, self._window.session
        desk, views = window.desk, window.views
        office = every or (views[desk.screen].wide if desk.screen in views else False)
        places = [Place("sell", _("Sell"), "shopping-cart", partial(window.go, "sell"), desk.screen == "sell")]
        if "cart.recall" in window.cashier.commands:
            count = str(window.cashier.held) if window.cashier.held else ""
            places.append(Place("held", _("Held"), "pause", self._held, badge=count))
        places += [self._screen(screen) for screen in session.screens if office or not screen.low]
        behind = next((screen for screen in session.screens if screen.low and screen.page), None)
        if behind is not None and not office:
            places.append(Place("office", _("Office"), "layout-dashboard", partial(window.go, behind.id), low=True))
        if session.lock is not None:
            lock = partial(desk.dispatch, "till.lock")
            places.append(Place("lock", _("Lock"), "lock", lock, low=True))
        if len(session.looks) > 1:
            icon = {"light": "sun", "dark": "moon", "contrast": "contrast"}[window.kit.theme.mode]
            places.append(Place("theme", _("Theme"), icon, window.next_look, low=True, group="office"))
        return places

    def _screen(self, screen: Contribution) -> Place:
        window = self._window
        run, active = partial(window.go, screen.id), window.desk.screen == screen.id
        badge = window.badges.of(screen.id)
        return Place(screen.id, screen.title, screen.icon, run, active, screen.low, badge, screen.group)

    def _held(self) -> None:
        desk = self._window.desk
        if not desk.dialogs:
            self._window.go("sell")
            desk.dispatch("cart.recall", self._window.cashier)

    def goals(self) -> list[Goal]:
        """Return what the palette can go to."""
        return [Goal(x.id, x.title, x.icon, x.run) for x in self.shown(every=True) if x.id != "lock"]

    def more(self, places: Sequence[Place]) -> None:
        """Offer the places that have no room in the navigation."""
        choices = [Choice(place.id, place.title, icon=place.icon, right=place.badge) for place in places]
        run = {place.id: place.run for place in places}
        desk = self._window.desk
        if not desk.dialogs:
            hint = _("Type to find one") if len(choices) > MANY else ""
            take = lambda chosen: run[chosen]()  # noqa: E731
            desk.open(PickDialog(desk, _("More"), lambda text: matching(choices, text), take, hint=hint))
