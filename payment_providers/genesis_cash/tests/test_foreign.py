"""Rates of foreign cash: what is one, what is refused, and what is said of one that is not used."""

from __future__ import annotations

import pytest

from genesis import SettingsError
from genesis.hooks import platform


@pytest.mark.parametrize(
    "rates",
    ["USD 0.92", "1 USD = 0 EUR", "1 USD = 0,92 EUR", "1 EUR = 1 EUR", "1 XXQ = 2 EUR", "1 USD = -1 EUR",
     "1 USD = 0.9 EUR\n1 USD = 0.8 EUR", "2 USD = 1.84 EUR"],
)  # fmt: skip
def test_what_is_no_rate_is_refused_by_name(store, rates):
    app = store("cash")
    with pytest.raises(SettingsError) as refused:
        app.settings.change("cash", {"rates": rates})
    assert list(refused.value.problems) == ["rates"]


def test_a_rate_into_another_currency_is_not_used_and_said(store):
    app = store("cash")
    app.settings.change("cash", {"rates": "1 USD = 0.92 EUR\n1 GBP = 4.6 AED"})
    app.restart()
    assert list(app.register.payments.methods) == ["cash", "cash_usd"]
    [health] = app.hooks.each(platform.health)()
    assert (health.ok, "1 GBP = 4.6 AED" in health.text) == (False, True)
