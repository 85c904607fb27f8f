"""People: who may sign in, and what each role allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from genesis.hooks.pages import Cell, Column, Done, Drawer, Filter, ListPage, PageRow, Query, Rows, Section
from genesis.kernel.actors import OWNER
from genesis.kernel.errors import UserError
from genesis.kernel.fields import FieldSpec
from genesis.kernel.permissions import Account
from genesis.shell.words import _, many

if TYPE_CHECKING:
    from genesis.plugin.house import House

ROLE = "role:"  # what the ids of roles begin with; accounts have none


def page(pos: House) -> ListPage:
    """Return the page: accounts and roles in one list."""
    kinds = (("person", _("People")), ("role", _("Roles")))
    return ListPage(
        columns=(
            Column(id="name", title=_("Name"), wide=True),
            Column(id="kind", title=_("Kind"), kind="badge"),
            Column(id="roles", title=_("May"), wide=True),
        ),
        rows=find,
        hint=_("Name or role"),
        filters=(Filter(id="kind", title=_("Kind"), choices=kinds),),
        drawer=drawer,
        new=new,
        empty=_("Nobody has an account yet: whoever opens the till is its owner"),
    )


def find(pos: House, query: Query) -> Rows:
    """Return the accounts and roles that match."""
    rows = []
    for account, kept in sorted(pos.journal.space("account").items()):
        state = Cell(text=_("Active"), tone="good") if kept.get("active", True) else Cell(text=_("Off"), tone="off")
        may = _("Everything") if account == OWNER.id else ", ".join(kept.get("roles", ())) or _("Nothing")
        rows.append(PageRow(id=account, cells=(Cell(text=kept["name"], small=account), state, may), icon="user"))
    for role, granted in sorted(pos.journal.space("role").items()):
        kind = Cell(text=_("Role"), tone="info")
        may = many("{count} permission", "{count} permissions", len(granted))
        rows.append(PageRow(id=f"{ROLE}{role}", cells=(role, kind, may), icon="shield"))
    wanted = query.filters.get("kind")
    rows = [row for row in rows if not wanted or row.id.startswith(ROLE) == (wanted == "role")]
    words = query.text.casefold().split()
    rows = [row for row in rows if all(word in f"{row.id} {Cell.of(row.cells[0]).text}".casefold() for word in words)]
    return Rows(rows=tuple(rows[query.offset : query.offset + query.limit]), total=len(rows))


def drawer(pos: House, row: str) -> Drawer:
    """Return an account or a role."""
    if row.startswith(ROLE):
        name = row.removeprefix(ROLE)
        granted = pos.journal.state("role", name, [])
        return _role(pos, name, frozenset(granted))
    kept = pos.journal.state("account", row, {})
    return _account(pos, row, kept)


def new(pos: House) -> Drawer:
    """Return an empty drawer for an account or a role."""
    fields = (
        FieldSpec(name="kind", label=_("What"), kind="choice", choices=(("person", _("Person")), ("role", _("Role"))),
                  required=True),
        FieldSpec(name="id", label=_("Sign-in name, or name of the role"), required=True),
        FieldSpec(name="name", label=_("Name")),
        FieldSpec(name="password", label=_("Password"), kind="secret", help=_("Not for a role")),
    )  # fmt: skip
    return Drawer(title=_("New"), sections=(Section(fields=fields),), values={"kind": "person"}, save=_create,
                  permission="accounts.change")  # fmt: skip


def _create(pos: House, changes: dict[str, str]) -> Done:
    name = changes.get("id", "").strip()
    if not name or len(name) > 40 or not name.isprintable() or ":" in name:
        raise UserError(_("This name cannot be used"), _("Use 1 to 40 letters and digits"), "id")
    if changes.get("kind") == "role":
        pos.permissions.save_role(name, ())
        return Done(text=_("{name} was made").format(name=name), open=f"{ROLE}{name}")
    if pos.journal.state("account", name, None) is not None:
        raise UserError(_("There is such an account already"), _("Use another name"), "id")
    if not changes.get("password"):
        raise UserError(_("A password is needed"), _("Type one"), "password")
    account = Account(id=name, name=changes.get("name") or name)
    pos.permissions.save_account(account, changes["password"])
    return Done(text=_("{name} was made").format(name=account.name), open=name)


def _account(pos: House, account: str, kept: dict[str, Any]) -> Drawer:
    roles = sorted(pos.journal.space("role"))
    held = set(kept.get("roles", ()))
    fields = [
        FieldSpec(name="name", label=_("Name"), required=True),
        FieldSpec(name="password", label=_("New password"), kind="secret", help=_("Empty: it stays as it is")),
        FieldSpec(name="card", label=_("Card"), help=_("Put the keys here and hold the card to the reader")),
    ]
    card = pos.journal.state("account_card", account, "")
    values = {"name": kept.get("name", account), "password": "", "card": card}
    if account != OWNER.id:
        fields.append(FieldSpec(name="active", label=_("May sign in"), kind="yesno"))
        values["active"] = "1" if kept.get("active", True) else ""
        fields += [FieldSpec(name=f"{ROLE}{role}", label=role, kind="yesno", half=True) for role in roles]
        values |= {f"{ROLE}{role}": "1" if role in held else "" for role in roles}
    return Drawer(title=values["name"], small=account, sections=(Section(fields=tuple(fields)),), values=values,
                  save=lambda pos, changes: _save_account(pos, account, values | changes), permission="accounts.change",
                  )  # fmt: skip


def _save_account(pos: House, account: str, values: dict[str, str]) -> Done:
    stored = pos.journal.state("account", account, {})
    kept = msgspec.convert({"id": account, "name": values["name"]} | stored, Account)
    roles = tuple(name.removeprefix(ROLE) for name, value in values.items() if name.startswith(ROLE) and value)
    changed = msgspec.structs.replace(
        kept, name=values["name"], roles=roles, active=account == OWNER.id or bool(values.get("active"))
    )
    pos.permissions.check_card(account, values["card"])
    pos.permissions.save_account(changed, values["password"] or None)
    pos.permissions.give_card(account, values["card"])
    return Done(text=_("{name}: saved").format(name=changed.name))


def _role(pos: House, role: str, granted: frozenset[str]) -> Drawer:
    known = sorted(pos.permissions.known.values(), key=lambda permission: permission.id)
    areas: dict[str, list[FieldSpec]] = {}
    for permission in known:
        field = FieldSpec(name=permission.id, label=permission.title, kind="yesno")
        areas.setdefault(permission.id.partition(".")[0], []).append(field)
    sections = tuple(Section(title=area.capitalize(), fields=tuple(fields)) for area, fields in areas.items())
    values = {permission.id: "1" if permission.id in granted else "" for permission in known}

    def save(pos: House, changes: dict[str, str]) -> Done:
        after = values | changes
        pos.permissions.save_role(role, tuple(name for name, value in after.items() if value))
        return Done(text=_("{name}: saved").format(name=role))

    return Drawer(
        title=role, small=_("Role"), sections=sections, values=values, save=save, permission="accounts.change"
    )
