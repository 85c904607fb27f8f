"""The open cart as the cashier sees it: lines with what belongs to them, discounts and taxes below them."""

from __future__ import annotations

from genesis.kernel.cart import Cart, CustomerRef, Priced, PricedLine
from genesis.kernel.entries import Entry
from genesis.kernel.facts import SaleCompleted
from genesis.kernel.money import Money
from genesis.kernel.receipt import fill
from genesis.shell.showcase import Showcase
from genesis.shell.vm import till as shown
from genesis.shell.words import _, known, told

WHOLE_CART = frozenset({"cart", "coupon", "loyalty"})  # stages whose adjustments stand below the lines


class CartShown:
    """Makes what is shown of a cart. showcase: what plugins say of its lines."""

    def __init__(self, showcase: Showcase, currency: str) -> None:
        self._showcase, self._currency = showcase, currency

    def _money(self, minor: int) -> Money:
        return Money(minor, self._currency)

    def sale(self, cart: Cart | None, priced: Priced | None) -> shown.Sale:
        """Return the open cart, an empty one where there is none."""
        if cart is None or priced is None:
            zero = self._money(0)
            return shown.Sale(id="", name=_("New sale"), lines=(), subtotal=zero, total=zero, due=zero)
        lines = tuple(self._line(priced_line) for priced_line in priced.lines)
        return shown.Sale(
            id=cart.id,
            name=told(cart.name),
            lines=lines,
            subtotal=self._money(sum(line.amount.minor for line in lines)),
            total=self._money(priced.total),
            due=self._money(priced.due),
            discounts=self._discounts(priced),
            taxes=self._taxes(priced),
            tenders=tuple(shown.Amount(text=told(t.title), amount=self._money(t.amount)) for t in cart.tenders),
            customer=self._customer(cart.customer),
            problems=tuple(told(problem) for problem in priced.unanswered),
            late=self._late(cart, priced),
            signs=any(tender.details.get("signature") == "asked" for tender in cart.tenders),
        )

    def _late(self, cart: Cart, priced: Priced) -> shown.LateTip | None:
        """Return the payment of a paid cart that a tip can be put on."""
        room = [tender for tender in cart.tenders if tender.most > tender.amount > 0]
        if priced.due or not cart.tenders or not room:
            return None
        one = room[0]
        return shown.LateTip(id=one.id, title=told(one.title), amount=self._money(one.amount),
                             tip=self._money(one.tip), most=self._money(one.most - one.amount))  # fmt: skip

    def _line(self, priced: PricedLine) -> shown.Line:
        line, figures = priced.line, priced.figures
        own = [a for a in figures.adjustments if a.stage not in WHOLE_CART]
        notes = [label.text for label in self._showcase.panels("cart.line", {"line": line})]
        return shown.Line(
            id=line.id,
            item=line.item.ref,
            name=line.item.name,
            qty=line.qty,
            unit=line.item.unit,
            price=line.price,
            amount=self._money(figures.base + sum(a.amount for a in own)),
            adjustments=tuple(shown.Amount(text=_named(a.reason), amount=self._money(a.amount)) for a in own),
            notes=(*([line.note] if line.note else []), *notes),
            returned=line.qty < 0,
            under=line.under,
        )

    def _discounts(self, priced: Priced) -> tuple[shown.Amount, ...]:
        """Return what is taken off the cart as a whole, by reason."""
        sums: dict[str, int] = {}
        for line in priced.lines:
            for adjustment in line.figures.adjustments:
                if adjustment.stage in WHOLE_CART:
                    sums[adjustment.reason] = sums.get(adjustment.reason, 0) + adjustment.amount
        return tuple(shown.Amount(text=_named(reason), amount=self._money(amount)) for reason, amount in sums.items())

    def _taxes(self, priced: Priced) -> tuple[shown.Amount, ...]:
        """Return the taxes; those inside the prices say so. A cash rounding stands with them."""
        named = [(known(tax.title), tax) for tax in priced.taxes]
        rows = [(_("incl. {tax}").format(tax=title) if tax.included else title, tax.amount) for title, tax in named]
        if priced.rounding:
            rows.append((_("Rounding"), priced.rounding))
        return tuple(shown.Amount(text=text, amount=self._money(amount)) for text, amount in rows)

    def _customer(self, customer: CustomerRef | None) -> shown.Customer | None:
        if customer is None:
            return None
        name = customer.name or _("Customer")
        badge = customer.group if customer.group != customer.detail else ""
        return shown.Customer(ref=customer.ref, name=name, detail=customer.detail, badge=badge)


def _named(reason: str) -> str:
    """Return the reason of an adjustment as a row says it; a bare figure gets a word."""
    reason = told(reason)
    return reason if any(char.isalpha() for char in reason) else _("Discount {figure}").format(figure=reason).strip()


def receipt(
    sale: SaleCompleted, entry: Entry, currency: str, rows: list[tuple[str, str, str]] | None = None
) -> shown.Receipt:
    """Return a completed sale as the screens show it. rows: as they were printed just now, else as they were kept."""
    return shown.Receipt(
        sale=sale.sale,
        number=sale.number,
        total=Money(sale.total + sale.rounding, currency),
        tendered=Money(sum(tender.tendered for tender in sale.tenders), currency),
        change=Money(sum(tender.change for tender in sale.tenders), currency),
        rows=tuple(rows if rows is not None else fill(sale, entry)),
    )
