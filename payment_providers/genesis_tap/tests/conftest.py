"""A store that takes tags, on each database in turn."""

from __future__ import annotations

from typing import Any

import pytest

from genesis_tap.tests.deeds import GOODS, KEY, ON


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESIS_TAP_KEY", KEY)


@pytest.fixture
def app(both: Any) -> Any:
    app = both.new(*ON, extra=GOODS)
    app.settings.change("tap", {"key": {"env": "GENESIS_TAP_KEY"}})
    return app
