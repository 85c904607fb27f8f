"""The two ways to pay of a known customer, and the payment that settles an account."""

from __future__ import annotations

from genesis import (
    Allocation,
    Balance,
    Cart,
    Guard,
    Item,
    Line,
    Money,
    Pos,
    Refused,
    Slip,
    Tender,
    UserError,
    Veto,
    balances,
    exponent,
    extended,
    plain,
)
from genesis_store_credit.models import ACCOUNT, CREDIT, LIMIT, ME, SETTLE, LimitSet


def customer_of(cart: Cart, title: str) -> str:
    """Return the ref of the cart's customer; refused without one, and in training, where nothing is owed."""
    if cart.customer is None:
        raise UserError(
            f"{title} needs a customer", "scan the customer's card or choose the customer first", "customer"
        )
    if cart.mode != "normal":
        raise Refused(f"{title} is not moved in training", "pay another way", "method")
    return cart.customer.ref


class StoreCredit:
    """Spend the credit that the store owes, or get it for goods that came back."""

    id = CREDIT
    title = "Store credit"
    icon = "wallet"
    cash = False

    def slip(self, pos: Pos, cart: Cart, amount: int) -> Slip:
        """Look whether the customer has so much; what there is not stays due."""
        customer = customer_of(cart, self.title)
        balances.enough(pos, cart, amount, space=CREDIT, method=CREDIT, key=customer, field="amount",
                        says=lambda value: f"the customer has {value} of credit")  # fmt: skip
        return Slip(reference=customer)

    def guards(self, pos: Pos, tender: Tender) -> tuple[Guard, ...]:
        """Take the amount from the credit (or add it) in the sale's own append."""
        return (balances.spent_from(pos, tender, space=CREDIT, currency=pos.currency),)


class OnAccount:
    """Buy now and pay later, up to the customer's limit; a return lowers what is owed."""

    id = ACCOUNT
    title = "On account"
    icon = "notebook"
    cash = False

    def slip(self, pos: Pos, cart: Cart, amount: int) -> Slip:
        """Look whether the limit leaves room (or, for a return, whether so much is owed)."""
        customer = customer_of(cart, self.title)
        if any(line.item.ref == SETTLE for line in cart.lines):
            raise Refused("a payment on account is not itself owed", "pay it another way", "method")
        limit, digits = pos.journal.balance(LIMIT, customer), exponent(cart.currency)
        owed = pos.journal.balance(ACCOUNT, customer) + balances.used(cart, ACCOUNT, customer)
        if amount > 0 and limit == 0:
            raise Refused("this customer does not buy on account", "pay another way, or have a limit set", "customer")
        if amount > limit - owed and amount > 0:
            what = (
                f"of a limit of {plain(limit, digits)} the customer may use {plain(max(limit - owed, 0), digits)} more"
            )
            raise UserError(what, "take that much, the rest another way", "amount")
        if -amount > owed:
            raise UserError(f"the customer owes {plain(owed, digits)}", "give the rest back another way", "amount")
        return Slip(reference=customer)

    def guards(self, pos: Pos, tender: Tender) -> tuple[Guard, ...]:
        """Add the amount to what is owed, never above the limit of the moment the sale is recorded."""
        return (
            Balance(ACCOUNT, tender.reference, tender.amount, ceiling=pos.journal.balance(LIMIT, tender.reference)),
        )


def settle(pos: Pos, cart: Cart, line: Line) -> Allocation | None:
    """Return what a line that pays an account does: what is owed goes down in the sale's own append, never below 0."""
    if line.item.ref != SETTLE:
        return None
    if line.returns is not None:  # the money goes back, so it is owed again
        paid = line.sections[ME]
        section = {"customer": paid["customer"], "amount": -paid["amount"]}
        return Allocation(section=section, guards=(Balance(ACCOUNT, paid["customer"], paid["amount"]),))
    customer = customer_of(cart, "A payment on account")
    if line.qty != 1_000:
        raise UserError(
            "a payment on account is one line", "void the line and add it with its whole amount", "quantity"
        )
    digits = exponent(cart.currency)
    amount = line.extended if line.extended is not None else extended(line.qty, line.price or 0, digits)
    owed = pos.journal.balance(ACCOUNT, customer)
    if not 0 < amount <= owed:
        raise UserError(f"the customer owes {plain(owed, digits)}", "pay that much or less", "price")
    section = {"customer": customer, "amount": amount}
    return Allocation(section=section, guards=(Balance(ACCOUNT, customer, -amount),))


def check_settled(pos: Pos, customer: str) -> None:
    """Raise Veto while the store owes the customer credit, or the customer owes the store."""
    digits = exponent(pos.currency)
    credit, owed = pos.journal.balance(CREDIT, customer), pos.journal.balance(ACCOUNT, customer)
    if credit:
        what = f"the customer has {plain(credit, digits)} of credit, which nobody could claim any more"
        raise Veto(what, "let it be spent or pay it out first", "person")
    if owed:
        raise Veto(f"the customer owes {plain(owed, digits)}", "have it paid first", "person")


def item(code: str) -> Item | None:
    """Return the item that pays an account."""
    if code != SETTLE:
        return None
    return Item(ref=SETTLE, name="Payment on account", category=("On account",), face_value=True)


def find_customer(pos: Pos, typed: str) -> tuple[str, str]:
    """Return (ref, name) of a customer by name, phone or card; UserError where it is nobody or several."""
    rows = [row for row in pos.records("customers_customer").search(typed, 2) if row["name"]] if typed.strip() else []
    if len(rows) != 1:
        what = "nobody is" if not rows else "several customers are"
        raise UserError(f"customer: {what} found by {typed[:40]!r}", "type the whole name, phone or card", "customer")
    return f"customers:{rows[0]['id']}", rows[0]["name"]


def set_limit(pos: Pos, typed: str, amount: str) -> str:
    """Set how much a customer (name, phone or card) may owe; UserError where it is nobody or several."""
    return change_limit(pos, *find_customer(pos, typed), amount)


def change_limit(pos: Pos, customer: str, name: str, amount: str) -> str:
    """Set how much a customer (its ref) may owe; 0: buys nothing on account."""
    pos.permissions.require("store_credit.limit")
    limit = Money.parse(amount, pos.currency, "limit").minor
    if limit < 0:
        raise UserError("limit: it cannot be negative", "0 means that nothing is sold on account", "limit")
    before = pos.journal.balance(LIMIT, customer)
    fact = LimitSet(customer=customer, currency=pos.currency, most=limit, before=before,
                    day=pos.clock.now().date().isoformat())  # fmt: skip
    pos.journal.append(fact, guards=[Balance(LIMIT, customer, limit - before, was=before)])
    return f"{name} may owe {plain(limit, exponent(pos.currency))}"
