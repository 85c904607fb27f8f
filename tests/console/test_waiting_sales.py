"""A paid sale that waits, at the text register: a tip on what is authorised, a signature that is checked."""

from __future__ import annotations

from typing import Any

from genesis.testkit.stores import as_plugin
from tests.console.terminal import Console
from tests.probes.price_list.plugin import PriceList
from tests.probes.slow_card.plugin import CardPlugin


def opened(store: Any, plan: str, tips: str = "") -> Console:
    card = CardPlugin()
    card.books.script, card.books.tips = [plan], tips
    return Console(store("cash", extra=as_plugin(PriceList(), "price_list") | as_plugin(card, "slow_card")))


def test_a_tip_is_put_on_what_is_authorised_and_no_more_than_the_card_allows(store: Any) -> None:
    console = opened(store, "ok", "after")
    assert console.type("2", "pay slow_card")[-1] == "Due: 0.00  Authorised: `tip A`, then `complete`"
    assert "at most 0.66 on top" in console.type("tip 0.67")[-1]
    assert console.type("tip 0.60", "complete")[-1] == "Receipt: R1-00000001"
    register: Any = console.app.register
    assert register.last_sale().fact.tenders[0].tip == 60


def test_a_signature_is_said_to_be_right_or_wrong(store: Any) -> None:
    console = opened(store, "signed")
    assert "`complete right` or `complete wrong`" in console.type("2", "pay slow_card")[-1]
    assert console.type("complete")[-1].startswith("Refused: ")
    assert console.type("complete wrong")[-1] == "Due: 3.33"
    assert console.type("cash exact")[-1] == "Receipt: R1-00000001"


def test_without_a_payment_that_waits_no_tip_is_taken(store: Any) -> None:
    assert "no payment of this cart can take one" in opened(store, "ok").type("2", "tip 1.00")[-1]
