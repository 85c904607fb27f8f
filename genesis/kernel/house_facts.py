"""Facts of the house: plugins, settings, people and master data."""

from __future__ import annotations

from typing import Any, ClassVar

from genesis.kernel.fact import Fact


class PluginToggled(Fact, frozen=True, kw_only=True):
    """Common fields of a plugin being switched on or off. heads: journal position of every stream then."""

    plugin: str
    release: str = ""
    why: str = ""
    heads: dict[str, int] = {}


class PluginEnabled(PluginToggled, frozen=True, kw_only=True):
    """A plugin was switched on; since: projection -> "start" or "enabled", the choice that a rebuild repeats."""

    kind: ClassVar[str] = "plugin.enabled"
    since: dict[str, str] = {}


class PluginDisabled(PluginToggled, frozen=True, kw_only=True):
    """A plugin was switched off; its data stay."""

    kind: ClassVar[str] = "plugin.disabled"


class PluginSuspended(Fact, frozen=True, kw_only=True):
    """The breaker took a plugin out after too many faults."""

    kind: ClassVar[str] = "plugin.suspended"
    plugin: str
    hook: str
    cause: str


class ProjectionSkipped(Fact, frozen=True, kw_only=True):
    """An admin told a projection to leave one fact out (stream and seq name the fact)."""

    kind: ClassVar[str] = "projection.skipped"
    projection: str
    stream: str
    seq: int
    why: str


class SettingChanged(Fact, frozen=True, kw_only=True):
    """A setting of the kernel ("store") or of a plugin changed; secrets are never in it."""

    kind: ClassVar[str] = "setting.changed"
    scope: str
    key: str
    before: Any = None
    after: Any = None


class AccountSaved(Fact, frozen=True, kw_only=True):
    """An account may sign in; the secret's hash is not in the fact."""

    kind: ClassVar[str] = "account.saved"
    account: str
    name: str
    roles: tuple[str, ...] = ()
    active: bool = True


class AccountCard(Fact, frozen=True, kw_only=True):
    """A card was given to an account, or taken from it; its number is not in the fact."""

    kind: ClassVar[str] = "account.card"
    account: str
    given: bool


class RoleSaved(Fact, frozen=True, kw_only=True):
    """A role and the permissions it grants."""

    kind: ClassVar[str] = "role.saved"
    role: str
    permissions: tuple[str, ...]


class SignedIn(Fact, frozen=True, kw_only=True):
    """Somebody signed in at this register, or failed to."""

    kind: ClassVar[str] = "account.signed_in"
    account: str
    ok: bool


class PersonErased(Fact, frozen=True, kw_only=True):
    """The key of a person was destroyed; what was encrypted with it reads None from now on."""

    kind: ClassVar[str] = "person.erased"
    person: str
    why: str = ""


class StoreOpened(Fact, frozen=True, kw_only=True):
    """The first fact of a data folder, or of an epoch after a restore."""

    kind: ClassVar[str] = "store.opened"
    store: str
    register: str
    epoch: str
    currency: str


class RecordFact(Fact, frozen=True, kw_only=True):
    """Common fields of a change of master data. record: the record type's name; rev counts from 1.

    sealed: values encrypted with the key of `person` (base64), read back as None after the person is erased.
    """

    record: str
    id: str
    rev: int
    person: str = ""
    sealed: str = ""


class RecordSaved(RecordFact, frozen=True, kw_only=True):
    """A record was created or changed; before holds only the values that differ."""

    kind: ClassVar[str] = "record.saved"
    values: dict[str, Any]
    before: dict[str, Any] | None = None


class RecordDeleted(RecordFact, frozen=True, kw_only=True):
    """A record was deleted; before is its last state."""

    kind: ClassVar[str] = "record.deleted"
    before: dict[str, Any] | None = None


class RecordsLoaded(Fact, frozen=True, kw_only=True):
    """One chunk of a bulk import; rows hold full values and their new revision under "rev"."""

    kind: ClassVar[str] = "records.loaded"
    record: str
    rows: tuple[dict[str, Any], ...]
    source: str = ""
