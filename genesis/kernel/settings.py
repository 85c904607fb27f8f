"""Settings: typed structs per plugin, stored in the kernel's state, every problem reported at once."""

from __future__ import annotations

import os
import typing
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from genesis.kernel.cards import refuse
from genesis.kernel.clock import business_day
from genesis.kernel.errors import SettingsError
from genesis.kernel.facts import SettingChanged
from genesis.kernel.money import exponent

if TYPE_CHECKING:
    from genesis.kernel.boundjournal import BoundJournal
    from genesis.kernel.pos import Pos

S = TypeVar("S", bound=msgspec.Struct)
Model = type[msgspec.Struct]
Hour = Annotated[int, Meta(ge=0, le=23)]
Tongue = Literal["", "en", "de", "es", "fr", "ar"]
Line = Annotated[str, Meta(max_length=200)]


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the kernel must know of the store; name and currency are given at `genesis init`, never guessed."""

    name: Annotated[Line, Meta(title="Store name")] = ""
    currency: Annotated[str, Meta(title="Currency", pattern="^([A-Z]{3})?$")] = ""
    address: Annotated[str, Meta(title="Address", description="One line per row", max_length=600)] = ""
    tax_number: Annotated[Line, Meta(title="Tax number")] = ""
    cut_off_hour: Annotated[Hour, Meta(title="Business day ends at", description="Hour of the night, 0 to 23")] = 0
    counted_shifts: Annotated[bool, Meta(title="Shifts must be opened with a counted float")] = False
    language: Annotated[Tongue, Meta(title="Language", description="Empty: that of each computer")] = ""
    lock_minutes: Annotated[
        int, Meta(title="Lock the till after so many idle minutes", description="0: never", ge=0, le=240)
    ] = 0
    card_alone: Annotated[
        bool,
        Meta(title="A staff card signs in without a password", description="Cards can be copied and lent"),
    ] = False


def business_today(pos: Pos, ago: int = 0) -> str:
    """Return the business day it is, or was so many days ago."""
    return business_day(pos.clock.now() - timedelta(days=ago), pos.settings(StoreSettings).cut_off_hour)


def fields_of(model: type[msgspec.Struct]) -> list[msgspec.inspect.Field]:
    """Return the fields of a settings model."""
    info = msgspec.inspect.type_info(model)
    return list(info.fields) if isinstance(info, msgspec.inspect.StructType) else []


def secret_fields(model: type[msgspec.Struct]) -> set[str]:
    """Return the names of fields marked secret (`Meta(extra={"secret": True})`)."""
    found = set()
    for name, hint in typing.get_type_hints(model, include_extras=True).items():
        if any(isinstance(m, Meta) and (m.extra or {}).get("secret") for m in getattr(hint, "__metadata__", ())):
            found.add(name)
    return found


def load(model: type[S], values: dict[str, Any]) -> S:
    """Build the struct from stored or typed values; raises SettingsError with every problem by field."""
    hints = typing.get_type_hints(model, include_extras=True)
    problems = {name: "there is no such setting" for name in values if name not in hints}
    good: dict[str, Any] = {}
    for name, value in values.items():
        if name in hints:
            try:
                good[name] = msgspec.convert(value, hints[name], strict=not isinstance(value, str))
            except msgspec.ValidationError as error:
                problems[name] = str(error).removesuffix(" - at `$`")
    if problems:
        raise SettingsError(problems)
    try:
        return model(**good)
    except SettingsError:
        raise
    except Exception as error:  # each fits, and its own check refuses them together
        raise SettingsError({"settings": str(error) or type(error).__name__}) from error


def sound(brought: Sequence[tuple[str, Model]]) -> tuple[dict[str, Model], dict[str, str]]:
    """Return the settings classes that plugins bring, by plugin, and what is wrong with the others."""
    models: dict[str, Model] = {}
    faults: dict[str, str] = {}
    for plugin, model in brought:
        wrong = "it is the class of others" if model in {StoreSettings, *models.values()} else _unsound(model)
        if wrong:
            faults[plugin] = f"settings_model: {model.__name__}: {wrong}"
        else:
            models[plugin] = model
    return models, faults


@cache
def _unsound(model: type[msgspec.Struct]) -> str:
    """Say why a settings class cannot be shown and kept, "" where it can; asked once, when its plugin starts."""
    try:
        kept = msgspec.to_builtins(model())
        if not isinstance(kept, dict) or tuple(kept) != model.__struct_fields__:
            return "its fields are not kept under their own names"
        fields_of(model)
        load(model, kept)
    except Exception as error:  # noqa: BLE001  whatever a class does when it is made
        return f"each field needs a default that fits its type and can be written as JSON ({error})"
    return ""


def _check_currency(before: str, now: str) -> None:
    if before and now != before:
        raise SettingsError({"currency": f"the store sells in {before}; that cannot change: make another store"})
    if now:
        exponent(now)


class Settings:
    """The settings of the store and of every plugin."""

    def __init__(self, journal: BoundJournal, models: dict[str, type[msgspec.Struct]]) -> None:
        self._journal = journal
        self.models: dict[str, type[msgspec.Struct]] = {"store": StoreSettings, **models}
        self._scopes = {model: (scope, f"setting:{scope}") for scope, model in self.models.items()}
        self._cache: dict[str, tuple[dict[str, Any], Any]] = {}

    def get(self, model: type[S]) -> S:
        """Return the current settings; values edited by hand that do not fit are refused, never replaced.

        What an earlier version of the plugin kept under names that are gone is left alone.
        """
        scope, space = self._scopes[model]
        kept = self._journal.space(space)
        known = self._cache.get(scope)
        if known is not None and (known[0] is kept or known[0] == kept):  # each thread has an object of its own
            return known[1]  # type: ignore[no-any-return]
        stored = {k: v for k, v in kept.items() if k in model.__struct_fields__}
        values = {k: v for k, v in stored.items() if not (isinstance(v, dict) and "env" in v)}
        for name, ref in stored.items():
            if isinstance(ref, dict) and "env" in ref:
                values[name] = os.environ.get(ref["env"], "")
        try:
            built = load(model, values)
        except SettingsError as error:
            raise SettingsError({f"{scope}.{k}": v for k, v in error.problems.items()}) from error
        self._cache[scope] = (kept, built)
        return built

    def change(self, scope: str, changes: dict[str, Any]) -> None:
        """Change settings of a scope; all problems at once, then one fact per change, in one append.

        A secret field takes only the name of an environment variable that holds it: {"env": NAME}.
        """
        model = self.models.get(scope)
        if model is None:
            raise SettingsError({scope: "no such plugin has settings"})
        refuse(changes)
        kept = self._journal.space(f"setting:{scope}")
        stored = {k: v for k, v in kept.items() if k in model.__struct_fields__}
        secrets = secret_fields(model)
        wrong = {k: 'give it as {"env": NAME}; secrets stay out of the database' for k in changes
                 if k in secrets and not (isinstance(changes[k], dict) and set(changes[k]) == {"env"})}  # fmt: skip
        if wrong:
            raise SettingsError(wrong)
        plain = {k: v for k, v in {**stored, **changes}.items() if k not in secrets}
        built = load(model, plain)
        if isinstance(built, StoreSettings):
            _check_currency(stored.get("currency", ""), built.currency)
        after = {k: changes[k] if k in secrets else msgspec.to_builtins(getattr(built, k)) for k in changes}
        facts = [SettingChanged(scope=scope, key=k, before=stored.get(k), after=v)
                 for k, v in after.items() if stored.get(k) != v]  # fmt: skip
        if facts:
            self._journal.append(*facts, state=[(f"setting:{scope}", f.key, f.after) for f in facts])
