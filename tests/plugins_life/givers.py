"""A plugin that gives what it is told to, and what tests of it need."""

from __future__ import annotations

import sys
from pathlib import Path

from genesis import Item, hookimpl
from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import examine

FOLLOWER = Path(__file__).parent.parent / "probes" / "follower"


class Gives:
    """A plugin that gives what it is told to, by hook."""

    def __init__(self, **what):
        self.what = what


for _hook in ("facts", "payment_methods", "reactions", "jobs", "settings_model", "reports", "exporters"):
    setattr(Gives, _hook, hookimpl(lambda self, hook=_hook: self.what.get(hook)))


def house(stores, **what):
    return stores.new("cash", extra=as_plugin(Gives(**what), "gives"))


def info(app, plugin="gives"):
    return next(row for row in app.plugins() if row.id == plugin)


def tea(app):
    return app.register.add(Item(ref="t:1", name="Tea"), unit_price=12_500)


def sound(app):
    return [f for f in examine(app, rebuild=False) if not f.ok] == []


def leave(*_):
    sys.exit(3)


def boom(*_):
    raise ValueError("boom")
