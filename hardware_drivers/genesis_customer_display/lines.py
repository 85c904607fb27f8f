"""What the customer reads: two lines of twenty characters, in the language of the store."""

from __future__ import annotations

from typing import NamedTuple

from genesis import Cart, Priced, SaleCompleted, exponent, plain, quantity_text
from genesis_customer_display.wire import WIDE

ONE = 1_000  # thousandths


class Words(NamedTuple):
    """The words of one language; mark: between whole units and the rest."""

    total: str
    due: str
    change: str
    back: str
    mark: str


ENGLISH = Words("Total", "Due", "Change", "Refund", ".")
WORDS = {
    "de": Words("Summe", "Offen", "Rückgeld", "Zurück", ","),
    "es": Words("Total", "Pendiente", "Cambio", "Reembolso", ","),
    "fr": Words("Total", "Reste", "Monnaie", "Retour", ","),
}  # Arabic is left out, as displays have no letters for it


def words_of(language: str) -> Words:
    """Return the words of a language such as de_AT; English where there are none."""
    return WORDS.get(language.replace("-", "_").partition("_")[0].lower(), ENGLISH)


def of_cart(cart: Cart, priced: Priced, words: Words) -> tuple[str, str]:
    """Return the last line and the total; once something is paid, the total and what is due."""
    total = _sum(words, priced.total, cart.currency)
    if cart.tenders:
        return total, _row(words.due, _money(priced.due, cart.currency, words))
    if not priced.lines:
        return "", total
    last = priced.lines[-1]
    count = "" if last.line.qty == ONE else f"{quantity_text(last.line.qty).replace('.', words.mark)} x "
    return _row(count + last.line.item.name, _money(last.figures.gross, cart.currency, words)), total


def of_sale(sale: SaleCompleted, words: Words) -> tuple[str, str]:
    """Return the total and, where cash goes back, the change."""
    change = sum(tender.change for tender in sale.tenders)
    back = _row(words.change, _money(change, sale.currency, words)) if change else ""
    return _sum(words, sale.total + sale.rounding, sale.currency), back


def _sum(words: Words, total: int, currency: str) -> str:
    return _row(words.total if total >= 0 else words.back, _money(abs(total), currency, words))


def _money(minor: int, currency: str, words: Words) -> str:
    return plain(minor, exponent(currency)).replace(".", words.mark)


def _row(left: str, right: str) -> str:
    """Return one row; the figure is never cut, the text is."""
    room = WIDE - len(right) - 1
    return f"{left[:room].ljust(room)} {right}" if room > 0 else right
