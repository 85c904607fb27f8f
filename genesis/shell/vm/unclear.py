"""Was the card charged? Ask the provider again, or let a person who knows say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from genesis.kernel.fields import FieldSpec
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.form import FormDialog
from genesis.shell.vm.picks import Choice, PickDialog
from genesis.shell.vm.till import Taken, Unclear
from genesis.shell.vm.work import WorkDialog
from genesis.shell.words import _


class UnclearPayment:
    """Leads to the end of one payment. then: gets what came of it."""

    def __init__(self, desk: Desk, payment: Unclear, then: Callable[[Taken], object]) -> None:
        self.desk, self.payment, self._then = desk, payment, then

    @property
    def title(self) -> str:
        """What it is about."""
        amount = self.desk.formats.money(self.payment.amount)
        return _("Was {amount} taken by {method}?").format(amount=amount, method=self.payment.title)

    def open(self) -> None:
        """Show what can be done about it."""
        choices = [
            Choice("ask", _("Ask again"), _("The provider may know by now"), icon="refresh-cw"),
            Choice("charged", _("It was taken"), _("The terminal or its slip says so"), icon="check"),
            Choice("not", _("It was not taken"), _("Only if you are sure: it is not asked about again"), icon="x"),
        ]
        self.desk.open(PickDialog(self.desk, self.title, lambda _text: choices, self._take))

    def _take(self, choice: str) -> None:
        if choice == "ask":
            WorkDialog.start(
                self.desk, _("Asking"), lambda _tell: self.desk.till.ask_payment(self.payment.id), self._answered
            )
            return
        why = FieldSpec(name="reason", label=_("How do you know?"), required=True)
        yes = _("It was taken") if choice == "charged" else _("It was not taken")
        decide = partial(self._decide, charged=choice == "charged")
        self.desk.open(FormDialog(self.desk, self.title, "", (why,), decide, yes=yes, severe=choice == "not"))

    def _answered(self, answer: object) -> None:
        self.desk.attempt(lambda _ok: self.desk.till.book_payment(self.payment.id, answer), self._then)

    def _decide(self, dialog: FormDialog, values: dict[str, str], *, charged: bool) -> None:
        def done(taken: Taken) -> None:
            dialog.close()
            self._then(taken)

        def run(_ok: bool) -> Taken:
            return self.desk.till.decide_payment(self.payment.id, values["reason"], charged=charged)

        self.desk.attempt(run, done, within=dialog)
