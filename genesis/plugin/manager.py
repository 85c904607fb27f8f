"""The hook calls: pluggy behind guards, answers typed by their spec and signed by their author."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import pluggy

from genesis.hooks import cart, inventory, payment, platform, pricing, reporting
from genesis.kernel.errors import GenesisError, Veto
from genesis.plugin.answers import answer_check
from genesis.plugin.guard import Answered, CollectFault, Guard, Health, Inside

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

P = ParamSpec("P")
R = TypeVar("R")
SPECS = (cart, pricing, payment, inventory, reporting, platform)
READING = {
    "resolve_code", "search_items", "check_line", "check_checkout", "base_price", "adjustments", "tax",
    "availability", "allocate",
}  # fmt: skip


@cache
def specs() -> dict[str, Callable[..., Any]]:
    """Return every spec of the contract by name."""
    return {
        name: function
        for module in SPECS
        for name, function in vars(module).items()
        if callable(function) and hasattr(function, "policy")
    }


class Plain(pluggy.PluginManager):
    """pluggy's manager, which is spared what cannot be a hook: every house is built of a thousand names otherwise."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        """Return how a function of a plugin is to be called, None if it is no hook."""
        return None if name.startswith("__") else super().parse_hookimpl_opts(plugin, name)

    def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
        """Return how a function of the contract is to be called, None if it is no spec."""
        return super().parse_hookspec_opts(module_or_class, name) if name in specs() else None


class Proxy:
    """Stands for a plugin in pluggy, which tells plugins apart by equality: no two of these are equal."""


class HookManager:
    """Registers plugins and makes the calls. Implements `genesis.kernel.pos.Hooks`."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._plain = Plain("genesis")
        for module in SPECS:
            self._plain.add_hookspecs(module)
        self._specs = specs()
        self._checks = {name: answer_check(spec) for name, spec in self._specs.items()}
        self._relays: dict[Callable[..., Any], Callable[..., Any] | None] = {}  # None: nobody answers
        self.health: dict[str, Health] = {}
        self.inside = Inside()
        self._tripped: list[tuple[str, str, str]] = []
        self.pos: Pos | None = None
        self.on_suspend: Callable[[str, str, str], None] = lambda *_: None

    # -- registering ---------------------------------------------------------------------------------------

    def register(self, plugin: str, code: object, ready: Callable[[], None] | None = None) -> None:
        """Register a plugin object behind guards; unknown hooks, wrong arguments and wrappers are refused."""
        if isinstance(code, type):
            raise GenesisError(
                f"its entry point names the class {code.__name__}: make an object of it (plugin = ...())"
            )
        health = self.health.setdefault(plugin, Health(plugin))
        self._relays.clear()
        proxy = Proxy()
        for name in dir(code):
            options = self._plain.parse_hookimpl_opts(code, name)
            if options is None:
                continue
            if options["wrapper"] or options["hookwrapper"]:
                raise GenesisError(f"{plugin}.{name} is a wrapper; only the kernel wraps hooks")
            spec = self._specs.get(name)
            if spec is None:
                raise GenesisError(f"{plugin} implements {name}, which is not a hook of this version")
            guard = Guard(
                plugin=plugin,
                hook=name,
                policy=spec.policy,  # type: ignore[attr-defined]
                call=getattr(code, name),
                health=health,
                check=self._checks[name],
                ready=ready if name in READING else None,
                on_fault=self._fault,
                inside=self.inside,
            )
            setattr(proxy, name, guard.wrapped())
        try:
            self._plain.register(proxy, plugin)
        except pluggy.PluginValidationError as error:
            raise GenesisError(f"{plugin}: {str(error).splitlines()[-1]}") from error

    def unregister(self, plugin: str) -> None:
        """Take a plugin out (it failed while starting)."""
        if self._plain.has_plugin(plugin):
            self._plain.unregister(name=plugin)
            self._relays.clear()

    def _fault(self, plugin: str, hook: str, cause: str, tripped: bool) -> None:
        self._log.error("plugin %s failed at %s: %s", plugin, hook, cause, exc_info=True)
        if tripped:
            self._tripped.append((plugin, hook, cause))

    # -- calling -------------------------------------------------------------------------------------------

    def _ask(self, spec: Callable[..., Any], values: dict[str, Any]) -> Any:
        try:
            relay = self._relays[spec]
        except KeyError:
            relay = self._relays[spec] = self._relay(spec)
        if relay is None:  # most hooks of a sale have nobody to answer them
            return None if getattr(spec, "first", False) else ()
        try:
            return relay(pos=self.pos, **values)
        finally:
            while self._tripped and not self.inside.top():
                self.on_suspend(*self._tripped.pop())

    def _relay(self, spec: Callable[..., Any]) -> Callable[..., Any] | None:
        """Return what asks the plugins that answer a spec; it is looked up once."""
        if getattr(spec, "policy", "") == "collect":  # asked again after the start: a fault leaves one plugin out

            def collect(**values: Any) -> list[Answered]:
                return [Answered(*answer) for answer in self.collect(spec, self.implemented(spec), **values)[0]]

            return collect
        relay = getattr(self._plain.hook, spec.__name__)
        return relay if relay.get_hookimpls() else None

    def each(self, spec: Callable[Concatenate[Pos, P], R | None]) -> Callable[P, list[R]]:
        """Ask every plugin; answers that are not None."""

        def call(*_: P.args, **values: P.kwargs) -> list[R]:
            return [answer.value for answer in self._ask(spec, values)]

        return call

    def first(self, spec: Callable[Concatenate[Pos, P], R | None]) -> Callable[P, R | None]:
        """Ask until somebody answers."""

        def call(*_: P.args, **values: P.kwargs) -> R | None:
            answer: Answered | None = self._ask(spec, values)
            return None if answer is None else answer.value

        return call

    def authored(self, spec: Callable[Concatenate[Pos, P], R | None]) -> Callable[P, list[tuple[str, R]]]:
        """Ask every plugin (a first-spec: until somebody answers); answers with the id of their author."""

        def call(*_: P.args, **values: P.kwargs) -> list[tuple[str, R]]:
            found = self._ask(spec, values)
            if isinstance(found, Answered):
                return [(found.plugin, found.value)]
            return [(answer.plugin, answer.value) for answer in found or ()]

        return call

    @property
    def confirmed(self) -> bool:
        """Whether a person said yes to what is being done."""
        return self.inside.confirmed

    @property
    def answers(self) -> Mapping[str, str]:
        """What a person filled in for the fields of a Confirm."""
        return self.inside.answers

    @contextmanager
    def confirming(self, yes: bool, answers: Mapping[str, str] | None = None) -> Iterator[None]:
        """Take every Confirm as answered with yes (and with these answers) while this lasts; a Veto stands."""
        before = self.inside.confirmed, self.inside.answers
        self.inside.confirmed = yes
        if answers is not None:
            self.inside.answers = answers
        try:
            yield
        finally:
            self.inside.confirmed, self.inside.answers = before

    def vetoes(self, spec: Callable[Concatenate[Pos, P], None]) -> Callable[P, list[tuple[str, str]]]:
        """Ask every plugin; the reasons of the first that raised Veto."""

        def call(*_: P.args, **values: P.kwargs) -> list[tuple[str, str]]:
            try:
                self._ask(spec, values)
            except Veto as veto:
                return [("", str(veto))]
            return []

        return call

    def implemented(self, spec: Callable[..., Any], *, always: bool = False) -> list[str]:
        """Return the ids of the plugins that answer this hook; always: without those for special cases (tryfirst)."""
        impls = getattr(self._plain.hook, spec.__name__).get_hookimpls()
        return [impl.plugin_name for impl in impls if not (always and impl.tryfirst)]

    def hooks_of(self, plugin: str) -> list[str]:
        """Return the hooks a plugin implements."""
        return sorted(n for n, spec in self._specs.items() if plugin in self.implemented(spec))

    def collect(
        self, spec: Callable[..., R | None], plugins: list[str], **values: Any
    ) -> tuple[list[tuple[str, R]], dict[str, str]]:
        """Ask plugins one by one, as at start; returns answers and the faults of those that failed."""
        answers: list[tuple[str, R]] = []
        faults: dict[str, str] = {}
        impls = {i.plugin_name: i for i in getattr(self._plain.hook, spec.__name__).get_hookimpls()}
        for plugin in plugins:
            impl = impls.get(plugin)
            if impl is None:
                continue
            try:
                found = impl.function(*(values[name] for name in impl.argnames))
            except Exception as error:  # noqa: BLE001  any of them: this plugin is out, the others start
                cause = error if isinstance(error, CollectFault) else f"{spec.__name__}: {error}"
                faults[plugin] = str(cause)
                continue
            if found is not None:
                answers.append((plugin, found.value))
        return answers, faults
