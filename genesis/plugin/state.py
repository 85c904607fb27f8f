"""Which plugins are wanted, what became of each and why; switching is a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from genesis.db import tables as t
from genesis.db.engine import explain
from genesis.hooks import cart as cart_specs, payment as payment_specs, platform as specs, pricing as price_specs
from genesis.kernel.absent import GAVE
from genesis.kernel.counts import many
from genesis.kernel.errors import GenesisError, PluginFault, Refused, UserError
from genesis.kernel.facts import PluginDisabled, PluginEnabled

if TYPE_CHECKING:
    from genesis.plugin.app import App
    from genesis.plugin.home import Home

Status = Literal["discovered", "enabled", "disabled", "error", "blocked", "missing", "suspended"]
SPACE = "plugin"
NEEDED: dict[str, tuple[Any, str]] = {
    "resolve_code": (cart_specs.resolve_code, "codes cannot be looked up: nothing can be scanned"),
    "base_price": (price_specs.base_price, "items have no price: nothing can be added"),
    "tax": (price_specs.tax, "no tax can be computed: taxable items cannot be sold"),
}


def switched_on(app: App) -> set[str]:
    """Return the ids of the plugins that are switched on."""
    return {plugin for plugin, row in app.journal.space(SPACE).items() if row["enabled"]}


def stale(app: App, wanted: set[str] | None) -> bool:
    """Whether other plugins are switched on than wanted, or settings brought or took a way to pay since the start."""
    if switched_on(app) != wanted:
        return True
    try:
        offered = app.hooks.authored(payment_specs.payment_methods)()
    except GenesisError:  # settings that do not fit are said where they are used
        return False
    return {method.id for _, methods in offered for method in methods} != app.methods.keys()


def switched_on_in(home: Home) -> set[str]:
    """Return the ids of the plugins that are switched on in a store that is not open."""
    database = home.database("journal")
    try:
        with database.connect(readonly=True) as connection:
            rows = connection.execute(select(t.state.c.key, t.state.c.value).where(t.state.c.space == SPACE))
            return {row.key for row in rows if msgspec.json.decode(row.value)["enabled"]}
    except SQLAlchemyError as error:
        raise explain(error) from error
    finally:
        database.close()


class PluginInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin as the admin's list shows it."""

    id: str
    title: str
    summary: str
    category: str
    release: str
    status: Status
    reason: str = ""
    requires: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    faults: int = 0
    slow: int = 0
    last_fault: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a switch would mean. refusals stand against it; effects are what changes."""

    plugin: str
    action: Literal["enable", "disable"]
    effects: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


def listing(app: App) -> list[PluginInfo]:
    """Return every plugin that is installed or was wanted, with its state and the reason."""
    wanted = app.journal.space(SPACE)
    tables = app.projector.status()
    rows = [_info(app, i, wanted, tables) for i in sorted(set(app.found) | set(wanted))]
    return sorted(rows, key=lambda row: (row.category, row.id))


def _info(app: App, plugin: str, wanted: dict[str, Any], tables: list[dict[str, Any]]) -> PluginInfo:
    found = app.found.get(plugin)
    health = app.hooks.health.get(plugin)
    status, reason = _status(app, plugin, wanted)
    reason = reason or (_behind(app, plugin, tables) if status == "enabled" else "")
    manifest = found.manifest if found else None
    return PluginInfo(
        id=plugin, title=manifest.title if manifest else plugin, summary=manifest.summary if manifest else "",
        category=manifest.category if manifest else "", release=found.release if found else "", status=status,
        reason=reason, requires=manifest.requires if manifest else (), hooks=tuple(app.hooks.hooks_of(plugin)),
        faults=health.faults if health else 0, slow=health.slow if health else 0,
        last_fault=health.last_fault if health else "",
    )  # fmt: skip


def _status(app: App, plugin: str, wanted: dict[str, Any]) -> tuple[Status, str]:
    want = wanted.get(plugin)
    found = app.found.get(plugin)
    if found is None:
        return "missing", "its code is not installed; its data are kept"
    if found.fault:
        return "error", found.fault
    if want is None:
        return "discovered", "never switched on here"
    if not want["enabled"]:
        return "disabled", want.get("why", "")
    if plugin in app.blocked:
        return "blocked", app.blocked[plugin]
    if plugin in app.errors:
        return "error", app.errors[plugin]
    health = app.hooks.health.get(plugin)
    if health is not None and health.suspended:
        return "suspended", health.suspended
    if plugin in app.enabled:
        return "enabled", ""
    return "blocked", "safe mode" if app.safe else "it takes effect at the next restart"


def _behind(app: App, plugin: str, tables: list[dict[str, Any]]) -> str:
    """Say what an enabled plugin does not get done: tables that stand still, reactions and jobs that failed last."""
    mine = {name for name, projection in app.projector.projections.items() if projection.plugin == plugin}
    stopped = {r["name"]: r["error"] for r in tables if r["name"] in mine}
    failed = {r.name: app.reactor.errors.get(r.name, "") for owner, r in app.reactions if owner == plugin}
    failed |= {j.id: app.jobs.errors.get(j.id, "") for owner, j in app.own_jobs if owner == plugin}
    told = [f"the table {name} stands still ({error})" for name, error in stopped.items() if error]
    return "; ".join([*told, *(f"{name} failed ({error})" for name, error in failed.items() if error)])


def plan(app: App, plugin: str, action: Literal["enable", "disable"]) -> Plan:
    """Tell what switching a plugin would mean, changing nothing."""
    found = app.found.get(plugin)
    if action == "enable":
        if found is None:
            raise UserError(f"there is no plugin {plugin!r}", "see `genesis plugin list`", "plugin")
        refusals = [found.fault] if found.fault else []
        refusals += [f"it needs {need}, which is off: enable that first"
                     for need in found.manifest.requires if need not in app.enabled]  # fmt: skip
        return Plan(plugin=plugin, action="enable", refusals=tuple(refusals))
    if found is None and app.journal.state(SPACE, plugin) is None:
        raise UserError(f"there is no plugin {plugin!r}", "see `genesis plugin list`", "plugin")
    refusals = [f"{other} needs it: disable that first" for other in app.enabled
                if plugin in app.found[other].manifest.requires]  # fmt: skip
    refusals += _pending(app, plugin)
    return Plan(plugin=plugin, action="disable", effects=tuple(_effects(app, plugin)), refusals=tuple(refusals))


def _pending(app: App, plugin: str) -> list[str]:
    mine = {m.id for m in app.methods_of(plugin)}
    waiting = [row for row in app.journal.raw.open_attempts()
               if row[2] != "approved" and (row[3].get("attempt") or row[3])["method"] in mine]  # fmt: skip
    told = many("{count} payment of it is not finished: resolve it first",
                "{count} payments of it are not finished: resolve them first", len(waiting))  # fmt: skip
    return [told] if waiting else []


def _effects(app: App, plugin: str) -> list[str]:
    if app.safe:
        return ["no plugin is started here, so nobody looked who depends on it"]
    effects = []
    for spec, meaning in NEEDED.values():
        if app.hooks.implemented(spec, always=True) == [plugin]:
            effects.append(meaning)
    mine = {m.id for m in app.methods_of(plugin)}
    if mine and mine == set(app.methods):
        effects.append("it brings the last way to pay: no sale can be completed")
    elif mine:
        effects.append(f"these ways to pay go: {', '.join(sorted(mine))}")
    register = app.register
    if register is not None and register.cart is not None:
        held = [line for line in register.cart.lines if line.item.ref.startswith(f"{plugin}:")]
        if held:
            effects.append(
                many(
                    "{count} line of the open cart came from it; it stays as it is",
                    "{count} lines of the open cart came from it; they stay as they are",
                    len(held),
                )
            )
    for name, projection in app.projector.projections.items():
        if projection.plugin == plugin:
            effects.append(f"{name} stops following the journal and catches up when it is enabled again")
    screens = [s.title for p, s in app.screens if p == plugin]
    if screens:
        effects.append(f"these screens go: {', '.join(screens)}")
    hooks = app.hooks.hooks_of(plugin)
    if payment_specs.payment_methods.__name__ not in hooks and specs.screens.__name__ not in hooks and not effects:
        effects.append("nothing else depends on it")
    return effects


def switch(app: App, plugin: str, *, enabled: bool, why: str = "", since: dict[str, str] | None = None) -> None:
    """Record a switch; the caller restarts the house. Refused while something stands against it."""
    try:
        app.pos.permissions.require("plugins.toggle", plugin)
    except PluginFault as fault:  # a plugin does not keep its own removal from the owner by failing
        if enabled or fault.plugin != plugin or not app.actor.owner:
            raise
    action: Literal["enable", "disable"] = "enable" if enabled else "disable"
    now = app.journal.state(SPACE, plugin)
    if now is not None and now["enabled"] == enabled and not (enabled and plugin in app.errors):
        raise UserError(f"{plugin} is {action}d already", "", "plugin")
    what = plan(app, plugin, action)
    if what.refusals:
        raise Refused(f"{plugin} cannot be {action}d: {what.refusals[0]}", "", "plugin")
    if app.register is not None and app.register.payments.run is not None:
        raise Refused("a payment is under way", "switch when it is finished", "plugin")
    record(app, plugin, enabled=enabled, why=why, since=since or {})


def record(app: App, plugin: str, *, enabled: bool, why: str, since: dict[str, str]) -> None:
    """Append the fact of a switch with its state."""
    for projection, choice in since.items():
        if choice not in {"start", "enabled"}:
            raise UserError(f"since: {choice!r} for {projection}", 'use "start" or "enabled"', "since")
    found = app.found.get(plugin)
    release = found.release if found else ""
    before = app.journal.state(SPACE, plugin, {})
    gave = app.hooks.hooks_of(plugin) or before.get(GAVE, [])
    row = {"enabled": enabled, "why": why, GAVE: gave}
    state = [(SPACE, plugin, row), *(("since", k, v) for k, v in since.items())]
    fact = (
        PluginEnabled(plugin=plugin, release=release, why=why, since=since)
        if enabled
        else PluginDisabled(plugin=plugin, release=release, why=why)
    )
    app.journal.append(fact, state=state)
