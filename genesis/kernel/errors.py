"""Errors that speak to a person: what happened, what it means for the sale, what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from genesis.kernel.fields import FieldSpec


RAISED = (Exception, SystemExit)  # what a plugin's code raises is its own fault: sys.exit of a library ends no till


class GenesisError(Exception):
    """Base of every error Genesis raises on purpose."""


class UserError(GenesisError):
    """Something a person at the till can read and mend.

    what: what happened; remedy: what to do; field: the input at fault, where there is one.
    """

    def __init__(self, what: str, remedy: str = "", field: str = "") -> None:
        super().__init__(f"{what}: {remedy}" if remedy else what)
        self.what, self.remedy, self.field = what, remedy, field


class Refused(UserError):
    """A guard or a rule refused the operation; nothing was recorded."""


class UnknownCode(UserError):
    """No enabled plugin knows the code; the lines of the cart stay."""


class Confirm(UserError):
    """A question to a person: a yes, or what `fields` ask for; the command is repeated with the answer.

    The hook that raised it finds the answers in `pos.hooks.answers` then. One with fields passes also after a yes,
    as somebody else's question may have been answered by that. values: what stands in the fields at first.
    """

    def __init__(
        self, what: str, remedy: str = "", field: str = "", fields: tuple[FieldSpec, ...] = (),
        values: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(what, remedy, field)
        self.fields, self.values = fields, values or {}

    def answered(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return the answers that the command is repeated with. Raises UserError where they are refused at once."""
        return values


class Veto(UserError):
    """Raised by a hook implementation to forbid what it was asked about; always passes the guard."""


class NotReady(UserError):
    """A projection that the answer needs is still catching up; try again shortly."""


class Closing(NotReady):
    """The store is being closed: what waits for it gives up, and is done at the next start."""


class Unknown(UserError):
    """The outcome is not known (an error while committing); look it up by id before repeating."""


class PluginFault(UserError):
    """A plugin failed at a hook whose policy is abort; names the plugin, the hook and the remedy."""

    def __init__(self, plugin: str, hook: str, cause: str) -> None:
        super().__init__(
            f"plugin {plugin} failed at {hook} ({cause})",
            f"the sale is kept; see `genesis plugin info {plugin}`, mend or disable it and repeat",
        )
        self.plugin, self.hook = plugin, hook


@contextmanager
def blaming(plugin: str | Callable[[], str], what: str, passing: type[Exception] = GenesisError) -> Iterator[None]:
    """Let what fails in a plugin's code name the plugin (asked for only then); what it says to people passes."""
    try:
        yield
    except passing:
        raise
    except RAISED as error:
        name = plugin() if callable(plugin) else plugin
        raise PluginFault(name, what, f"{type(error).__name__}: {error}"[:200]) from error


class SettingsError(UserError):
    """Every problem of a settings block at once; problems: field -> reason."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{k}: {v}" for k, v in problems.items()), "correct the named settings")
        self.problems = problems


class JournalDamaged(GenesisError):
    """The chain does not verify; `place` is `stream seq` of the first fault."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")
        self.place, self.what = place, what
