"""What the harnesses share: a seed, the shim, the nursery, and a store to copy."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from random import Random

import pytest

from genesis.plugin.app import App
from genesis.plugin.home import create_home
from genesis.plugin.state import record
from tests.torture.cashier import GOODS
from tests.torture.nursery import Nursery
from tests.torture.shim import build

PLUGINS = ("barcodes", "catalog", "tax", "cash", "discounts", "receipts")
VAT = {"tax": "vat", "title": "VAT", "type": "percent", "rate": "20", "included": "yes"}


def copy(store: Path, target: Path) -> Path:
    """Copy a closed store with its keys; returns the target."""
    shutil.copytree(store, target)
    shutil.copytree(store.with_name(store.name + ".keys"), target.with_name(target.name + ".keys"))
    return target


@pytest.fixture
def seed() -> int:
    """GENESIS_SEED, or another one in each run; a failure prints it."""
    found = int(os.environ.get("GENESIS_SEED") or Random().randrange(10**9))
    print(f"GENESIS_SEED={found}")
    return found


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return build(tmp_path_factory.mktemp("shim"))
    except RuntimeError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO TORTURE: {missing}")


@pytest.fixture(scope="session")
def nursery(
    shim: Path, _template: Callable[[bool], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nursery]:
    found = Nursery(shim, copy(_template(False), tmp_path_factory.mktemp("nursery") / "store"))
    yield found
    found.close()


def make_shop(folder: Path, *, encrypted: bool) -> Path:
    """Make a small shop: three products, one tax; nothing was sold yet."""
    with App(create_home(folder, "R1", encrypted=encrypted), register=True) as app:
        app.settings.change("store", {"name": "Corner Shop", "currency": "EUR"})
        for plugin in PLUGINS:
            record(app, plugin, enabled=True, why="", since={})
        app.restart()
        app.settings.change("tax", {"scope": "line"})
        app.pos.records("tax_class").save({"title": "Standard", "taxes": [VAT]}, record_id="std")
        for code, (name, price, tax) in GOODS.items():
            row = {"name": name, "price_e4": price, "tax": tax, "codes": [{"code": code}]}
            app.pos.records("catalog_product").save(row)
    return folder


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Path]:
    root = tmp_path_factory.mktemp("torture")
    return functools.cache(lambda encrypted: make_shop(root / f"shop-{encrypted}", encrypted=encrypted))


@pytest.fixture
def new_shop(_template: Callable[[bool], Path], tmp_path: Path) -> Callable[..., Path]:
    """Call it for a fresh shop (encrypted=True: at rest); the last one made by it is taken away."""
    numbers = count()
    made: list[Path] = []

    def make(*, encrypted: bool = False) -> Path:
        for old in made:
            shutil.rmtree(old)
        folder = copy(_template(encrypted), tmp_path / f"shop{next(numbers)}")
        made[:] = folder, folder.with_name(folder.name + ".keys")
        return folder

    return make


@pytest.fixture
def covered(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Call it with what a harness covered: it is printed at the end of the run."""
    return lambda text: record_property("covered", text)
