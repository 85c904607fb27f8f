"""The registry of fact kinds: encodes bodies, and reads those of any version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from genesis.kernel import facts as f
from genesis.kernel.errors import RAISED, GenesisError
from genesis.kernel.facts import Fact, RawFact
from genesis.kernel.limits import kept

KERNEL_FACTS: tuple[type[Fact], ...] = (
    f.SaleCompleted, f.ShiftOpened, f.ShiftClosed, f.CashMoved, f.LineVoided, f.CartCancelled, f.ChangeUndone,
    f.PriceOverridden, f.ReceiptReprinted, f.DrawerOpened, f.PermissionRefused, f.PaymentStarted, f.PaymentApproved,
    f.PaymentDeclined, f.PaymentTakenOut, f.PaymentCancelled, f.PaymentUnknown, f.PaymentFailed, f.PluginEnabled,
    f.PluginDisabled, f.PluginSuspended, f.ProjectionSkipped, f.SettingChanged, f.AccountSaved, f.AccountCard,
    f.RoleSaved, f.SignedIn, f.PersonErased, f.StoreOpened, f.RecordSaved, f.RecordDeleted, f.RecordsLoaded,
    f.TrainingSwitched, f.CartHeld, f.PermissionApproved,
)  # fmt: skip


class Registry:
    """The kinds known here: encodes facts, decodes bodies of any version into today's struct."""

    def __init__(self, kinds: Iterable[type[Fact]] = KERNEL_FACTS) -> None:
        self._encode = msgspec.json.Encoder(decimal_format="string").encode
        self._types: dict[str, type[Fact]] = {}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}
        for kind in kinds:
            self.add(kind)

    def add(self, kind: type[Fact]) -> None:
        """Register a kind; two types of one name and a missing up-caster are refused."""
        known = self._types.get(kind.kind)
        if known is not None and known is not kind:
            raise GenesisError(f"two fact types are called {kind.kind}: {known.__name__} and {kind.__name__}")
        missing = [v for v in range(1, kind.version) if v not in kind.upcasts]
        if missing:
            raise GenesisError(f"{kind.kind} is at version {kind.version} without an up-caster from {missing[0]}")
        self._types[kind.kind] = kind
        self._decoders[kind.kind] = msgspec.json.Decoder(kind)

    def kinds(self) -> dict[str, type[Fact]]:
        """Return every known kind by name."""
        return dict(self._types)

    def encode(self, fact: Fact, *, checked: bool = False) -> bytes:
        """Return the canonical body of a fact; refused where it could not be read again, for what is written stays.

        checked: all that is in it was checked when it came, so it is not tried.
        """
        known = None if checked else self._decoders.get(fact.kind)
        return kept(fact.kind, fact, self._encode, known.decode if known else bytes)

    def decode(self, kind: str, version: int, body: bytes) -> Fact:
        """Return the fact behind a stored body; an unknown kind or a newer version stays raw."""
        known = self._types.get(kind)
        if known is None or version > known.version:
            return RawFact(name=kind, body=body)
        if version == known.version:
            return self._decoders[kind].decode(body)  # type: ignore[no-any-return]
        values = msgspec.json.decode(body)
        for step in range(version, known.version):
            try:
                values = known.upcasts[step](values)
            except RAISED as error:
                said = f"the up-caster of {kind} from version {step} failed: {type(error).__name__}: {error}"
                raise msgspec.ValidationError(said) from error
        return msgspec.convert(values, known)
