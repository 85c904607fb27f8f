"""Answers `comes_with` with what was chosen of the groups of an item, after asking for it."""

from __future__ import annotations

from genesis import Cart, Change, Companion, FieldSpec, Item, Line, Permission, Pos, Records, Screen, hookimpl
from genesis_modifiers import service
from genesis_modifiers.models import GROUPS


class ModifiersPlugin:
    """The hook implementations."""

    @hookimpl
    def records(self) -> list[Records]:
        """The groups of choices."""
        return [GROUPS]

    @hookimpl
    def permissions(self) -> list[Permission]:
        """One: to change the groups."""
        return [Permission(id="modifiers.edit", title="Change choices and extras")]

    @hookimpl
    def check_change(self, pos: Pos, change: Change) -> None:
        """Refuse options of products nobody knows, and taking away a group that products name."""
        if change.record == GROUPS.name:
            service.check_group(pos, change)

    @hookimpl
    def product_fields(self, pos: Pos) -> list[FieldSpec] | None:
        """The groups of a product, besides those of its category."""
        known = service.names(pos)
        if not known:
            return None
        return [FieldSpec(name=service.NAMED, label="Choices", kind="options", choices=known, most=len(known))]

    @hookimpl
    def comes_with(self, pos: Pos, cart: Cart, item: Item, line: Line | None) -> list[Companion] | None:
        """What was chosen; asks where that is not known."""
        return service.chosen(pos, cart, item, line)

    @hookimpl
    def screens(self) -> list[Screen]:
        """The page of groups."""
        return [Screen(id="groups", title="Choices and extras", icon="list-plus", page="genesis_modifiers.pages:page",
                       place="admin", group="catalog", permission="modifiers.edit", order=14)]  # fmt: skip


plugin = ModifiersPlugin()
