"""A till beside a Stripe on this machine."""

from __future__ import annotations

import pytest

from genesis_stripe.tests.fake_stripe import KEY, READER, FakeStripe
from tests.probes.card_till import CardTill

SECRET = "GENESIS_TEST_STRIPE_KEY"  # the environment variable that holds the key


@pytest.fixture
def fake(tmp_path):
    made = FakeStripe(tmp_path)
    yield made
    made.stop()
    assert made.wrong == []  # every request was as the vendor describes it


@pytest.fixture
def till(stores, fake, monkeypatch):
    monkeypatch.setenv(SECRET, KEY)
    return CardTill(stores, fake, "stripe", reader=READER, key={"env": SECRET}, address=fake.address)
