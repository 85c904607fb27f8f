"""Questions about what a plugin brings to the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from genesis.hooks.marks import spec
from genesis.hooks.pages import PageAction, PageColumn, PageFigure, PageFilter
from genesis.hooks.values import (
    Action,
    CliCommand,
    DeviceDriver,
    Health,
    Job,
    Panel,
    Permission,
    Route,
    Screen,
    Theme,
)
from genesis.kernel.actors import Actor
from genesis.kernel.facts import Fact
from genesis.kernel.projections import Projection
from genesis.kernel.reactions import Reaction
from genesis.kernel.records import Change, Records

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


@spec("collect")
def startup(pos: Pos) -> None:
    """The house is open; your projections and settings are there."""


@spec("isolate")
def shutdown(pos: Pos) -> None:
    """The house closes or restarts softly: let go of threads, sockets and files."""


@spec("isolate")
def health(pos: Pos) -> Health | None:
    """How are you? One line for the admin."""


@spec("collect")
def facts() -> list[type[Fact]] | None:
    """Which kinds of facts do you add to the journal?"""


@spec("collect")
def projections() -> list[Projection] | None:
    """Which tables do you keep by following the journal?"""


@spec("collect")
def reactions() -> list[Reaction] | None:
    """What do you do in the world, once per fact?"""


@spec("collect")
def records() -> list[Records] | None:
    """Which master data do you keep?"""


@spec("abort")
def check_change(pos: Pos, change: Change) -> None:
    """May this record be created, changed or deleted? Raise Veto or Confirm."""


@spec("collect")
def permissions() -> list[Permission] | None:
    """Which permissions do you ask for (`<id>.<verb>`)?"""


@spec("abort", first=True)
def authenticate(pos: Pos, claim: str, secret: str) -> Actor | None:
    """Who is it that shows this claim (account, card code) and secret (password, PIN)? None: not mine."""


@spec("abort")
def authorise(pos: Pos, actor: Actor, permission: str, resource: str) -> None:
    """Is there a reason to refuse what the actor's roles grant? Raise Veto; nothing here can grant."""


@spec("collect")
def settings_model() -> type[msgspec.Struct] | None:
    """Which settings do you have? A msgspec struct whose fields have defaults.

    `Annotated[int, Meta(title="Percent", description="...", ge=0)]` says what a field is called and what fits;
    `Meta(extra={"secret": True})` that it is kept in an environment variable. `pos.settings(TheClass)` reads them.
    """


@spec("collect")
def screens(pos: Pos) -> list[Screen] | None:
    """Which screens do you bring?"""


@spec("collect")
def actions(pos: Pos) -> list[Action | PageAction | PageFilter | PageColumn | PageFigure] | None:
    """Which commands (palette, keys) do you bring, and which actions, filters, columns, figures for pages of others?"""


@spec("isolate")
def panels(pos: Pos, slot: str, context: dict[str, Any]) -> list[Panel] | None:
    """What do you show in this slot (tile.badge, cart.line, cart.footer, status.pill ...)?"""


@spec("collect")
def cli_commands() -> list[CliCommand] | None:
    """Which commands do you add to `genesis`?"""


@spec("collect")
def api_routes(pos: Pos) -> list[Route] | None:
    """Which HTTP routes do you offer?"""


@spec("collect")
def jobs(pos: Pos) -> list[Job] | None:
    """What do you do on a timer?"""


@spec("collect")
def device_drivers(pos: Pos) -> list[DeviceDriver] | None:
    """Which devices can you drive?"""


@spec("collect")
def themes() -> list[Theme] | None:
    """Which themes do you bring?"""


@spec("abort")
def personal_data(pos: Pos, person: str) -> dict[str, Any] | None:
    """What do you know about this person? For the export that the person may ask for."""


@spec("abort")
def erase_personal_data(pos: Pos, person: str) -> str | None:
    """Forget what you hold outside the journal about this person; say in one line what you did."""
