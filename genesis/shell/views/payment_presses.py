"""What the buttons of a designed payment screen do: the commands of the screen, and the keys of its keypad."""

from __future__ import annotations

from functools import partial

from genesis.shell.views.designed_view import DesignedView, Press
from genesis.shell.vm.payment import PaymentVM
from genesis.shell.words import _


class PaymentPresses(DesignedView):
    """The payment screen as far as a design can press it."""

    screen = "payment"
    vm: PaymentVM

    def press(self, action: str, caption: str) -> Press:
        """Say what a button does, and whether it can now."""
        what = action.removeprefix("amount.")
        if action == "amount.exact":
            cash = self.vm.method is not None and self.vm.method.cash
            free = cash and self._typing()
            return Press(self._give_exactly, caption, _("Exact"), enabled=free)
        if what.isdigit() or what == "point":
            symbol = "." if what == "point" else what
            shown = self.desk.formats.point if what == "point" else what
            return Press(partial(self.vm.press, symbol), caption, shown, enabled=self._typing())
        command = self.vm.commands[action]
        run = partial(self.desk.dispatch, action, self.vm)
        cap = self.desk.cap(action, "payment")
        free = not command.blocked()
        if action.startswith("payment.method."):
            place = int(action.rpartition(".")[2]) - 1
            return self._method(place, Press(run, caption, command.title, free, cap=cap))
        if action == "payment.stop":
            free = self.vm.waiting is not None
        elif action in {"amount.back", "amount.clear"}:
            free = self._typing()
        elif action == "payment.complete":
            caption = self._complete(caption)
        return Press(run, caption, command.title, free, cap=cap)

    def _typing(self) -> bool:
        """Money that goes back is not typed."""
        return self.vm.waiting is None and not self.vm.refund

    def _give_exactly(self) -> None:
        self.vm.give(self.vm.asked)

    def _complete(self, caption: str) -> str:
        """What the main button says: never a word of the design where that would not be true."""
        if self.vm.waiting is not None:
            return _("Waiting")
        if self.vm.refund:
            return _("Give back {amount}").format(amount=self.desk.formats.money(self.vm.gives_back))
        return caption

    def _method(self, place: int, press: Press) -> Press:
        """A way to pay by its place: it says its own name, as the shop decides which there are."""
        if place >= len(self.vm.methods):
            return press._replace(enabled=False, cap="")
        method = self.vm.methods[place]
        return press._replace(text=method.title, chosen=method.id == self.vm.chosen)
