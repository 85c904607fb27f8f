"""`genesis init`, `genesis settings`, `genesis doctor`: a store begins, is set and is looked after."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from genesis.cli import accounts
from genesis.cli.context import Commands, Context, command, show
from genesis.kernel.errors import SettingsError, UserError
from genesis.kernel.money import exponent
from genesis.kernel.settings import StoreSettings, load, secret_fields
from genesis.plugin.app import App
from genesis.plugin.discovery import discover
from genesis.plugin.home import already, clear_home, create_home, exists
from genesis.plugin.order import arrange
from genesis.plugin.state import SPACE, record
from genesis.upkeep.doctor import examine
from genesis.upkeep.pci import examine_pci

DEMO = {"name": "Genesis Demo Store", "currency": "EUR", "register": "R1"}


def add_to(commands: Commands[Any]) -> None:
    """Add the commands."""
    init = command(
        commands, "init", "Make the data folder of a register", _init,
        ["genesis init --demo", "genesis init --name 'Corner Shop' --currency EUR --register R1",
         "genesis init --currency EUR --database postgresql://user@localhost/shop"],
    )  # fmt: skip
    init.add_argument("--demo", action="store_true", help="fill it with the demo store")
    init.add_argument("--name", default="", help="name of the store")
    init.add_argument("--currency", default="", help="ISO 4217 code; never guessed")
    init.add_argument("--register", default="", help="name of this register, such as R1")
    init.add_argument("--database", default="sqlite", help="a PostgreSQL URL, or sqlite")
    init.add_argument("--encrypt", action="store_true", help="encrypt the databases at rest")
    settings = command(
        commands, "settings", "Show or change settings", _settings,
        ["genesis settings", "genesis settings store cut_off_hour=4", "genesis settings cash rounding_step=0.05"],
        data=True,
    )  # fmt: skip
    settings.add_argument("scope", nargs="?", default="", help="store, or a plugin")
    settings.add_argument("changes", nargs="*", metavar="KEY=VALUE")
    doctor = command(
        commands, "doctor", "Prove that everything which must be true is true", _doctor,
        ["genesis doctor", "genesis doctor --json", "genesis doctor --pci"], data=True,
    )  # fmt: skip
    doctor.add_argument("--pci", action="store_true", help="ask what a store that takes cards must keep to instead")
    doctor.add_argument("--quick", action="store_true", help="leave the rebuilding of projections out")


def _init(context: Context, options: argparse.Namespace) -> int:
    if exists(context.folder):
        return _again(context, options)
    already(context.folder)
    demo = DEMO if options.demo else {}
    currency = options.currency or demo.get("currency", "")
    if not currency:
        raise UserError("a store needs its currency", "add --currency CODE (or --demo)", "currency")
    store = {"name": options.name or demo.get("name", ""), "currency": currency}
    register = options.register or demo.get("register", "R1")
    last = fill_demo if options.demo else accounts.offer
    make_store(context, store, register, last, database=options.database, encrypted=options.encrypt)
    print(f"The store is ready in {context.folder}")
    return 0


def make_store(
    context: Context, store: dict[str, str], register: str, last: Callable[[App], None], *,
    database: str = "sqlite", encrypted: bool = False,
) -> None:  # fmt: skip
    """Make a store, or leave nothing behind. last: what is done at the end."""
    there = already(context.folder)
    exponent(store["currency"])
    load(StoreSettings, store)
    try:
        home = create_home(context.folder, register, database, encrypted=encrypted)
        with App(home, register=True, actor=context.actor()) as app:
            app.settings.change("store", store)
            _enable_defaults(app)
            last(app)
    except BaseException:
        clear_home(context.folder, there)
        raise


def _home(context: Context) -> Any:
    from genesis.plugin.home import open_home

    return open_home(context.folder)


def _again(context: Context, options: argparse.Namespace) -> int:
    """A second init changes only what it is told and keeps the rest."""
    with App(_home(context), actor=context.actor()) as app:
        now = app.settings.get(StoreSettings)
        demo = DEMO if options.demo and not now.currency else {}  # the first init was killed before it said so
        said = {"name": options.name or demo.get("name", ""), "currency": options.currency or demo.get("currency", "")}
        changes = {k: v for k, v in said.items() if v}
        if now.currency and changes.get("currency", now.currency) != now.currency:
            raise UserError(f"the store sells in {now.currency}", "a currency cannot change; make another store",
                            "currency")  # fmt: skip
        if options.register and options.register != app.home.config.register:
            raise UserError(f"this folder is register {app.home.config.register}", "use another folder", "register")
        if changes:
            app.settings.change("store", changes)
        _enable_defaults(app)
        if options.demo:
            fill_demo(app)
    print(f"The store is there already, in {context.folder}")
    return 0


def _enable_defaults(app: App) -> None:
    """Switch on what has never been decided here and is on by default."""
    decided = app.journal.space(SPACE)
    wanted = {i: f.manifest for i, f in discover().items()
              if i not in decided and f.manifest.default == "on" and not f.fault}  # fmt: skip
    order, _ = arrange({**wanted, **{i: app.found[i].manifest for i in app.enabled}}, wanted)
    fresh = [i for i in order if i in wanted]
    for plugin in fresh:
        record(app, plugin, enabled=True, why="on by default", since={})
    if fresh:
        app.restart()


def fill_demo(app: App) -> None:
    """Fill a store with the demo goods."""
    from genesis.demo.store import fill

    fill(app)


def _settings(context: Context, options: argparse.Namespace) -> int:
    with context.open() as app:
        scopes = [options.scope] if options.scope else sorted(app.settings.models)
        if options.changes:
            app.settings.change(options.scope, dict(_change(text) for text in options.changes))
        if any(scope not in app.settings.models for scope in scopes):
            raise SettingsError({options.scope: "no enabled plugin has these settings"})
        shown = {scope: _values(app, scope) for scope in scopes}
        if options.json:
            show(shown)
        else:
            for scope, values in shown.items():
                for key, value in values.items():
                    print(f"{scope}.{key} = {json.dumps(value, ensure_ascii=False)}")
    return 0


def _change(text: str) -> tuple[str, Any]:
    key, sign, value = text.partition("=")
    if not sign:
        raise UserError(f"{text!r} is not KEY=VALUE", "write it like cut_off_hour=4", "changes")
    if value[:1] in {"[", "{"} or value in {"true", "false"}:
        try:
            return key, json.loads(value)
        except json.JSONDecodeError as error:
            raise SettingsError({key: f"it is not JSON ({error.msg})"}) from error
    return key, value


def _values(app: App, scope: str) -> dict[str, Any]:
    import msgspec

    model = app.settings.models[scope]
    values = msgspec.to_builtins(app.settings.get(model))
    return {k: "(secret)" if k in secret_fields(model) else v for k, v in values.items()}


def _doctor(context: Context, options: argparse.Namespace) -> int:
    with context.open() as app:
        findings = examine_pci(app) if options.pci else examine(app, rebuild=not options.quick)
    if options.json:
        show([{"check": f.check, "ok": f.ok, "text": f.text} for f in findings])
    else:
        for f in findings:
            print(f"{'ok  ' if f.ok else 'FAIL'}  {f.check}: {f.text}")
    if any(not f.ok for f in findings):
        print("genesis: something that must be true is not; see the lines marked FAIL", file=sys.stderr)
        return 1
    return 0
