"""A till beside a Stripe on this machine."""

from __future__ import annotations

import pytest

from genesis_stripe.tests.fake_stripe import FakeStripe
from genesis_stripe.tests.till import Till, secret


@pytest.fixture
def fake(tmp_path):
    made = FakeStripe(tmp_path)
    yield made
    made.stop()
    assert made.wrong == []  # every request was as the vendor describes it


@pytest.fixture
def till(stores, fake, monkeypatch):
    secret(monkeypatch)
    return Till(stores, fake)
