"""The house put together: journal, plugins, projections, register; opened, softly restarted, closed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Literal, Self, TypeVar

import msgspec

from genesis.db.engine import Database
from genesis.db.migrate import KERNEL_JOURNAL, KERNEL_VIEWS, Tree, heads, upgrade
from genesis.hooks import inventory, payment as payment_specs, platform as specs, reporting
from genesis.hooks.values import Screen
from genesis.kernel.actors import KERNEL_PERMISSIONS, OWNER, Actor, Permission
from genesis.kernel.boundjournal import BoundJournal
from genesis.kernel.clock import Clock, SystemClock
from genesis.kernel.doorbell import Doorbell
from genesis.kernel.errors import GenesisError, UserError
from genesis.kernel.facts import PluginSuspended, StoreOpened
from genesis.kernel.jobs import Job, JobRunner
from genesis.kernel.journal import OFFICE, Journal
from genesis.kernel.permissions import Permissions
from genesis.kernel.persons import ERASED
from genesis.kernel.privacy import Privacy
from genesis.kernel.projections import Projection, ReadDb
from genesis.kernel.projector import Projector
from genesis.kernel.providers import PaymentMethod
from genesis.kernel.reactions import Reactors
from genesis.kernel.rebuild import Rebuilt
from genesis.kernel.records import RecordHandlers
from genesis.kernel.recordset import RecordSet
from genesis.kernel.register import Register
from genesis.kernel.registry import Registry
from genesis.kernel.reporting import kernel_projections
from genesis.kernel.settings import Settings, sound
from genesis.plugin import state
from genesis.plugin.discovery import discover, load
from genesis.plugin.driven import Driven
from genesis.plugin.home import Home, open_keys, take_stream
from genesis.plugin.house import House
from genesis.plugin.manager import HookManager
from genesis.plugin.manifest import Found
from genesis.plugin.order import arrange
from genesis.plugin.rebuilding import rebuilding, replace_stale

KERNEL = "the kernel"
Mode = Literal["thread", "inline", "none"]
T = TypeVar("T")


def _twice(what: str, name: str, plugin: str, owner: str) -> str:
    """Say which of two that bring the same keeps it, and what to do."""
    if owner in {plugin, KERNEL}:
        return f"{what} {name} is there already, brought by {owner}: give it another name in {plugin}"
    return f"{what} {name} is there already, brought by {owner}: rename it in {plugin}, or switch one of the two off"


class App:
    """One process of a node.

    register: whether this process is the register (takes its stream; refused while another has it).
    projector: "thread" (a till), "inline" (commands, tests), "none". safe: the kernel alone, no plugins.
    extra: plugin objects to use besides the installed ones (tests): id -> (Found, object).
    """

    def __init__(  # noqa: PLR0913  one place where the house is put together
        self,
        home: Home,
        *,
        register: bool = False,
        projector: Mode = "inline",
        safe: bool = False,
        strict: bool = False,
        clock: Clock | None = None,
        actor: Actor = OWNER,
        extra: dict[str, tuple[Found, Any]] | None = None,
        only: set[str] | None = None,
    ) -> None:
        self.home, self.safe, self.actor = home, safe, actor
        self.clock = clock or SystemClock()
        self.log = logging.getLogger("genesis")
        self._mode, self._strict, self._extra, self._only = projector, strict, extra or {}, only
        self._hold = home.hold(f"stream-{home.stream}")
        self.register: Register | None = None
        self.on_restart: Callable[[], object] = lambda: None
        self._is_register = register
        if register:
            take_stream(self._hold, home.config.register)
        try:
            self._open_journal()
            self._build()
        except BaseException:
            self._let_go()
            raise

    def _open_journal(self) -> None:
        self.keys = open_keys(self.home)
        self.database: Database = self.home.database("journal")
        upgrade(self.database, [KERNEL_JOURNAL])
        self.raw_journal = Journal(self.database, Registry(), self.clock)
        self.keys.erase(*self.raw_journal.space(ERASED))
        stream = self.home.stream if self._is_register else OFFICE
        self.journal = BoundJournal(self.raw_journal, stream, lambda: self.actor)
        if self.raw_journal.state("store", "opened") != self.home.stream:
            config = self.home.config
            self.journal.append(
                StoreOpened(store=config.store, register=config.register, epoch=config.epoch, currency=""),
                state=[("store", "opened", self.home.stream)],
            )

    def _build(self) -> None:
        """Put everything together that a soft restart renews; once more without the plugins that failed in it."""
        self._failed: dict[str, str] = {}
        known = -1
        while known < len(self._failed):
            if known >= 0:
                self._stop_parts()
            known = len(self._failed)
            wanted = state.switched_on(self)
            self._assemble()
        self._wanted: set[str] | None = wanted  # None after a restart that failed, so that it is tried again

    def _assemble(self) -> None:
        self.errors: dict[str, str] = dict(self._failed)
        self.views: Database = self.home.database("views")
        self.db = ReadDb(self.views)
        self.hooks = HookManager(self.log)
        self.journal.forbidden = self.hooks.inside.top
        self.hooks.on_suspend = self._suspended
        self.pos = House(self)
        self.hooks.pos = self.pos
        self._load_plugins()
        self._collect_declared()
        self._open_views()
        self.settings = Settings(self.journal, self._models)
        self.pos.permissions = Permissions(self.pos, self._known_permissions)
        self.pos.privacy = Privacy(self.pos, self.keys, self.records)
        self._collect_living()
        self._follow()
        if self._is_register:
            self.register = Register(self.pos, self.home.config.register, self.home.config.store, self.keys,
                                     self.methods)  # fmt: skip
        self._start_workers()

    def _load_plugins(self) -> None:
        self.found = {} if self.safe else discover()
        if self._only is not None:
            self.found = {i: f for i, f in self.found.items() if i in self._only}
        self.found |= {i: pair[0] for i, pair in self._extra.items()}
        wanted = state.switched_on(self)
        usable = {i: f.manifest for i, f in self.found.items() if i in wanted and not f.fault}
        faults = {i: f.fault for i, f in self.found.items() if i in wanted and f.fault}
        order, self.blocked = arrange(usable, {i: f.manifest for i, f in self.found.items()}, faults)
        order = [i for i in order if i not in self._failed]
        objects, faults = load([i for i in order if i not in self._extra])
        objects |= {i: self._extra[i][1] for i in order if i in self._extra}
        self.errors |= faults
        self.enabled: list[str] = []
        for plugin in order:
            if plugin in objects:
                self._register_plugin(plugin, objects[plugin])
        self._drop_dependants()

    def _register_plugin(self, plugin: str, code: object) -> None:
        needs = tuple(self.found[plugin].manifest.needs)
        ready = (lambda: self.projector.require(needs)) if needs else None
        try:
            self.hooks.register(plugin, code, ready)
            self.enabled.append(plugin)
        except Exception as error:  # noqa: BLE001  a plugin that cannot be registered is out, the others start
            self.errors[plugin] = str(error)

    def _out(self, faults: dict[str, str]) -> None:
        """Take plugins out that failed while starting, and whoever requires them."""
        for plugin, reason in faults.items():
            self.errors[plugin] = self._failed[plugin] = reason
            self.log.error("plugin %s is off: %s", plugin, reason)
            self.hooks.unregister(plugin)
            self.enabled = [i for i in self.enabled if i != plugin]
        if faults:
            self._drop_dependants()

    def _drop_dependants(self) -> None:
        for plugin in list(self.enabled):
            lost = [n for n in self.found[plugin].manifest.requires if n not in self.enabled]
            if lost:
                self.hooks.unregister(plugin)
                self.enabled.remove(plugin)
                self.blocked[plugin] = f"it needs {lost[0]}: {self.errors.get(lost[0], 'it is off')}"
                self._drop_dependants()
                return

    def _collect(self, spec: Callable[..., Any], **values: Any) -> list[tuple[str, Any]]:
        answers, faults = self.hooks.collect(spec, self.enabled, **values)
        self._out(faults)
        return [(plugin, value) for plugin, value in answers if plugin in self.enabled]

    def _sole(
        self, what: str, found: Sequence[tuple[str, Sequence[T]]], name: Callable[[T], str], taken: Iterable[str] = ()
    ) -> list[tuple[str, T]]:
        """Return what plugins bring, with who brings it; a plugin that brings what is there already is out."""
        owners = dict.fromkeys(taken, KERNEL)
        rows = [(plugin, thing) for plugin, things in found for thing in things]
        for plugin, thing in rows:
            if name(thing) in owners:
                self._out({plugin: _twice(what, name(thing), plugin, owners[name(thing)])})
            owners.setdefault(name(thing), plugin)
        return [row for row in rows if row[0] in self.enabled]

    def _collect_declared(self) -> None:
        """Facts, records, settings, permissions: what must be known before the views open."""
        for plugin, kinds in self._collect(specs.facts):
            try:
                for kind in kinds:
                    self.raw_journal.registry.add(kind)
            except Exception as error:  # noqa: BLE001  whatever a plugin declares, the others start
                self._out({plugin: f"facts: {error}"})
        self._declared = self._sole("the record", self._collect(specs.records), lambda r: r.name)
        self._models, unsound = sound(self._collect(specs.settings_model))
        self._out(unsound)
        self._known_permissions: dict[str, Permission] = {x.id: x for x in KERNEL_PERMISSIONS}
        listed = self._collect(specs.permissions)
        for plugin, permission in self._sole("the permission", listed, lambda x: x.id, self._known_permissions):
            if not permission.id.startswith(f"{plugin}."):
                self._out({plugin: f"permissions: {permission.id} must begin with {plugin}."})
            self._known_permissions[permission.id] = permission

    def _open_views(self) -> None:
        self.views_trees = [KERNEL_VIEWS]
        upgrade(self.views, [KERNEL_VIEWS])
        reached = heads(self.views)
        for plugin in list(self.enabled):
            found = self.found[plugin]
            if found.manifest.schema:
                tree = Tree(plugin, found.folder / "migrations", found.manifest.schema)
                try:
                    upgrade(self.views, [tree], reached)
                    self.views_trees.append(tree)
                except GenesisError as error:
                    self._out({plugin: str(error)})
        own = kernel_projections()
        found_projections = [*self._collect_records(), *self._collect(specs.projections)]
        brought = self._sole("the projection", found_projections, lambda p: p.name, [p.name for p in own])
        self._sole("the table", [(p, x.tables) for p, x in brought], lambda t: t.name,
                   [table.name for p in own for table in p.tables])  # fmt: skip
        projections = [*own, *(msgspec.structs.replace(p, plugin=plugin) for plugin, p in brought)]
        self.projector = Projector(self.views, self.raw_journal, projections, self.home.hold("projector"),
                                   strict=self._strict)  # fmt: skip
        self.journal.wait = self._wait

    def _collect_records(self) -> list[tuple[str, list[Projection]]]:
        """Make the record sets and return the projections that keep their tables."""
        self.records: dict[str, RecordSet] = {}
        found = []
        for plugin, record in self._declared:
            try:
                found.append((plugin, [RecordHandlers(record, self.keys).projection(plugin)]))
                self.records[record.name] = RecordSet(self.pos, record, self.keys)
            except Exception as error:  # noqa: BLE001  its table may be anything; the others start
                self._out({plugin: f"records: {record.name}: {error}"})
        return found

    def _collect_living(self) -> None:
        """What plugins bring that needs a working pos: methods, reactions, screens, jobs; then their start."""
        found = self._collect(payment_specs.payment_methods, pos=self.pos)
        self.payment_methods: list[tuple[str, PaymentMethod]] = self._sole("the payment method", found, lambda m: m.id)
        self.methods = {method.id: method for _, method in self.payment_methods}
        self.reactions = self._sole("the reaction", self._collect(specs.reactions), lambda r: r.name)
        self.reactor = Reactors(self.pos, [reaction for _, reaction in self.reactions],
                                self.journal.stream if self._is_register else "",
                                lambda: self.projector.lease.held)  # fmt: skip
        drivers = self._sole("the device", self._collect(specs.device_drivers, pos=self.pos), lambda d: d.id)
        screens, actions = self._collect(specs.screens, pos=self.pos), self._collect(specs.actions, pos=self.pos)
        self.screens: list[tuple[str, Screen]] = self._sole("the screen", screens, lambda s: s.id)
        self.actions: list[tuple[str, Any]] = self._sole("the action", actions, lambda a: a.id)
        self.own_jobs = self._sole("the job", self._collect(specs.jobs, pos=self.pos), lambda j: j.id)
        own = Job(id="payments", every=60, run=self._reconcile, at_start=True)
        self.jobs = JobRunner(self.pos, [own, Driven(self, drivers).job, *(job for _, job in self.own_jobs)])
        for spec in (inventory.product_fields, reporting.reports, reporting.exporters,
                     specs.cli_commands, specs.api_routes, specs.themes):  # fmt: skip
            self._collect(spec, pos=self.pos)  # asked again by whoever needs them; here a fault is found at start

    def _follow(self) -> None:
        """Let the projections catch up, as far as a start may wait for them."""
        self.doorbell = Doorbell(self.projector)
        self.raw_journal.on_append = [self.doorbell.ring if self._mode == "thread" else self._inline]
        self.projector.ensure()
        self.reactor.begin()
        if self._mode != "none" and self.doorbell.take_lease():
            replace_stale(self)
            self.projector.catch_up(1.0 if self._mode == "thread" else 600.0)

    def _start_workers(self) -> None:
        if self._mode == "thread":
            sys.setswitchinterval(0.0005)  # a cashier's thread must not wait behind the projections for its turn
            self.doorbell.after_step = [self.reactor.node.notify]
            self.doorbell.when_idle = [self.database.checkpoint, self.views.checkpoint]
            self.raw_journal.on_append.append(self.reactor.register.notify)
            self.reactor.start()
            self.jobs.start()
            self.doorbell.start()
        self._collect(specs.startup, pos=self.pos)
        if self._mode == "thread" and self._is_register:
            self.pos.devices.start()

    def _inline(self, pos: int) -> None:
        if self._mode == "none" or self.hooks.inside.top():
            return
        if self.doorbell.take_lease():
            self.projector.catch_up()
        else:
            self.doorbell.ring(pos)

    def _wait(self, pos: int, *names: str, timeout: float = 5.0) -> None:
        if self._mode == "inline" and self.doorbell.take_lease():
            self.projector.catch_up()
        self.projector.wait(pos, *names, timeout=timeout)

    def _reconcile(self, _pos: object) -> None:
        if self.register is not None:
            self.register.payments.reconcile()

    def _suspended(self, plugin: str, hook: str, cause: str) -> None:
        self.journal.append(PluginSuspended(plugin=plugin, hook=hook, cause=cause[:500]))

    def methods_of(self, plugin: str) -> list[PaymentMethod]:
        """Return the ways to pay that a plugin brings."""
        return [method for owner, method in self.payment_methods if owner == plugin]

    def plugins(self) -> list[state.PluginInfo]:
        """Return every plugin with its state and reason."""
        return state.listing(self)

    def plan(self, plugin: str, action: Literal["enable", "disable"]) -> state.Plan:
        """Tell what switching a plugin would mean."""
        return state.plan(self, plugin, action)

    def switch(self, plugin: str, *, enabled: bool, why: str = "", since: dict[str, str] | None = None) -> None:
        """Switch a plugin on or off, effective at once: the house restarts softly and keeps the open cart."""
        state.switch(self, plugin, enabled=enabled, why=why, since=since)
        self.restart()

    def outdated(self) -> bool:
        """Whether plugins were switched or ways to pay set since this house was built; never during a payment."""
        paying = self.register is not None and self.register.payments.run is not None
        return not self.safe and not paying and state.stale(self, self._wanted)

    def restart(self) -> None:
        """Build everything again on the same journal: hosts must drop their old `pos` and `register`."""
        self._stop_parts()
        self.register, self._wanted = None, None
        self._build()
        self.on_restart()

    def rebuild(self, name: str, *, swap: bool) -> Rebuilt:
        """Rebuild a projection beside the live one, compare, and put it in its place if asked to."""
        with rebuilding(self, name) as built:
            return built.swap(name) if swap else built.compare(name)

    def connections(self) -> list[Any]:
        """Return every open connection of this process (to trace what it does)."""
        return [*self.raw_journal.connections(), *self.db.connections(), *self.projector.connections()]

    def _stop_parts(self) -> None:
        try:
            self.hooks.each(specs.shutdown)()
        except UserError as error:  # closing is not asked for
            self.log.warning("shutdown: %s", error)
        self.projector.end()
        self.doorbell.stop()
        self.reactor.stop()
        self.pos.devices.stop()
        self.jobs.stop()
        self.projector.close()
        self.db.close()
        self.views.close()

    def close(self) -> None:
        """Close the house; everything durable is durable already."""
        if self._mode == "inline" and self.doorbell.take_lease():
            self.projector.catch_up()
        self._stop_parts()
        self._let_go()

    def _let_go(self) -> None:
        """Free whatever was taken, also by a start that failed half way."""
        for name in ("doorbell", "reactor", "jobs", "projector", "db", "views", "raw_journal", "database", "keys"):
            part: Any = getattr(self, name, None)
            with suppress(Exception):
                part.stop() if hasattr(part, "stop") else part.close()
        self._hold.drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
