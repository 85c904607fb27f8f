"""Settings of the store and of every plugin: forms made from their typed models."""

from __future__ import annotations

import typing
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from genesis.hooks.pages import Cell, Column, Done, Drawer, ListPage, PageRow, Query, Rows, Section
from genesis.kernel.errors import SettingsError
from genesis.kernel.fields import FieldKind, FieldSpec
from genesis.kernel.settings import load, secret_fields
from genesis.shell.preferences import PreferencesFile, TillSettings
from genesis.shell.words import LANGUAGES, _, known

if TYPE_CHECKING:
    from genesis.plugin.house import House

Model = type[msgspec.Struct]
TILL = "till-window"  # no plugin can be called so


def page(pos: House) -> ListPage:
    """Return the page: a row for the store and for each plugin that has settings."""
    return ListPage(
        columns=(
            Column(id="title", title=_("Settings of"), wide=True),
            Column(id="count", title=_("Set"), kind="number"),
        ),
        rows=find,
        hint=_("Store or plugin"),
        drawer=drawer,
    )


def _models(pos: House) -> dict[str, Model]:
    """Return the settings of the store and of plugins, and what this till keeps beside them."""
    return {TILL: TillSettings, **pos.app.settings.models}


def _till(pos: House) -> PreferencesFile:
    return PreferencesFile(pos.app.home.folder / "shell.json")


def _title(pos: House, scope: str) -> str:
    found = pos.app.found.get(scope)
    own = {"store": _("Store"), TILL: _("This till")}.get(scope)
    return own or (known(found.manifest.title) if found else scope)


def find(pos: House, query: Query) -> Rows:
    """Return the scopes whose name or fields have the typed words."""
    rows = []
    for scope, model in _models(pos).items():
        title = _title(pos, scope)
        labels = " ".join(f"{field.label} {known(field.label)}" for field in fields_of(model))
        if all(word in f"{title} {scope} {labels}".casefold() for word in query.text.casefold().split()):
            kept = len(_stored(pos, scope))
            names = ", ".join(known(field.label) for field in fields_of(model)[:4])
            icon = {"store": "store", TILL: "monitor"}.get(scope, "puzzle")
            rows.append(PageRow(id=scope, cells=(Cell(text=title, small=names), str(kept)), icon=icon))
    return Rows(rows=tuple(rows[query.offset : query.offset + query.limit]), total=len(rows))


def drawer(pos: House, scope: str) -> Drawer:
    """Return the form of a scope."""
    model = _models(pos)[scope]
    stored = _stored(pos, scope)
    now = msgspec.to_builtins(model()) | {k: v for k, v in stored.items() if k in model.__struct_fields__}
    return Drawer(
        title=_title(pos, scope),
        small=scope,
        sections=(Section(fields=tuple(fields_of(model))),),
        values={name: written(value) for name, value in now.items()},
        save=lambda pos, changes: save(pos, scope, changes),
        permission="settings.change",
    )


def _stored(pos: House, scope: str) -> dict[str, Any]:
    """Return what was set; of this till what is not as it is everywhere."""
    if scope != TILL:
        return pos.journal.space(f"setting:{scope}")
    usual, now = (msgspec.structs.asdict(value) for value in (TillSettings(), _till(pos).value))
    return {name: now[name] for name in usual if now[name] != usual[name]}


def fields_of(model: Model) -> list[FieldSpec]:
    """Return the form fields of a settings model."""
    hints = typing.get_type_hints(model, include_extras=True)
    secrets = secret_fields(model)
    return [_field(name, hints[name], secret=name in secrets) for name in model.__struct_fields__]


def _field(name: str, hint: Any, *, secret: bool) -> FieldSpec:
    title, about = name.replace("_", " ").capitalize(), ""
    kind: FieldKind = "text"
    choices: tuple[str | tuple[str, str], ...] = ()
    for part in _parts(hint):
        if isinstance(part, msgspec.Meta):
            title, about = part.title or title, part.description or about
            kind = "lines" if (part.max_length or 0) > 200 and kind == "text" else kind
        elif typing.get_origin(part) is Literal:
            kind, choices = "choice", tuple(_choice(name, str(choice)) for choice in typing.get_args(part))
        elif part is bool:
            kind, choices = "choice", (("true", _("Yes")), ("false", _("No")))
        elif part in {int, float}:
            kind = "number"
        elif typing.get_origin(part) in {tuple, list, dict}:
            kind, about = "lines", about or _("A list as JSON")
    if secret:
        kind, about = "text", _("Name of the environment variable that holds it. {about}").format(about=about).strip()
    return FieldSpec(name=name, label=title, kind=kind, choices=choices, help=about)


def _choice(name: str, value: str) -> str | tuple[str, str]:
    """Return a choice as people know it: languages by their own names."""
    if name == "display":
        return value, {"off": _("None"), "monitor": _("On a second monitor"), "window": _("In a window")}[value]
    return (value, LANGUAGES.get(value, _("As the computer"))) if name == "language" else value


def _parts(hint: Any) -> list[Any]:
    """Return a type with all that stands around it: Annotated, unions with None."""
    if typing.get_origin(hint) is Annotated:
        inner, *more = typing.get_args(hint)
        return [*_parts(inner), *more]
    if typing.get_origin(hint) in {typing.Union, UnionType}:
        return [part for each in typing.get_args(hint) if each is not NoneType for part in _parts(each)]
    return [hint]


def written(value: Any) -> str:
    """Write a value as it is typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) and "env" in value:
        return str(value["env"])
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def read(model: Model, name: str, text: str) -> Any:
    """Read what was typed as the value of a field; what it cannot be is found by the settings themselves."""
    if name in secret_fields(model):
        return {"env": text}
    hint = typing.get_type_hints(model, include_extras=True)[name]
    parts = _parts(hint)
    if not text and typing.get_origin(hint) is not None and NoneType in _members(hint):
        return None
    if any(typing.get_origin(part) in {tuple, list, dict} for part in parts):
        try:
            return msgspec.json.decode(text or "[]")
        except msgspec.DecodeError as wrong:
            raise SettingsError({name: f"{wrong}"}) from wrong
    return text


def _members(hint: Any) -> tuple[Any, ...]:
    inner = typing.get_args(hint)[0] if typing.get_origin(hint) is Annotated else hint
    return typing.get_args(inner)


def save(pos: House, scope: str, changes: dict[str, str]) -> Done:
    """Change the settings; every problem stands beside its field."""
    pos.permissions.require("settings.change", scope)
    model = _models(pos)[scope]
    values = {name: read(model, name, text) for name, text in changes.items()}
    if scope == TILL:
        checked = load(TillSettings, values)  # every problem beside its field, before anything is kept
        _till(pos).change(**{name: getattr(checked, name) for name in values})
    else:
        pos.app.settings.change(scope, values)
    return Done(text=_("{title}: saved").format(title=_title(pos, scope)))
