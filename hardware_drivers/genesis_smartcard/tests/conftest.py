"""The card service of the tests' own: started once a file, or by the test that kills it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from genesis_smartcard.tests.counterpart import DRIVER, PCSCD, Service


@pytest.fixture(scope="session")
def _service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """The service; without its parts the tests fail under CI and are skipped loudly elsewhere."""
    missing = [name for name, part in {"pcscd": PCSCD, "vsmartcard-vpcd": DRIVER}.items() if not part.exists()]
    try:
        import smartcard.scard  # noqa: F401
    except ImportError:
        missing.append("pyscard")
    if missing:
        said = f"NO SMART CARDS: {', '.join(missing)} is missing"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    return Service(tmp_path_factory.mktemp("pcsc"))


@pytest.fixture(scope="module")
def service(_service: Service) -> Iterator[Service]:
    _service.start()
    yield _service
    _service.kill()


@pytest.fixture
def stopped(_service: Service) -> Iterator[Service]:
    _service.kill()
    yield _service
    _service.kill()
