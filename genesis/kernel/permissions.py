"""Who may do what: default deny, roles grant, plugins may only restrict, refusals are facts."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from typing import TYPE_CHECKING

import msgspec
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from genesis.hooks import platform as specs
from genesis.kernel.actors import OWNER, Actor, Permission
from genesis.kernel.errors import Refused, UserError
from genesis.kernel.facts import AccountCard, AccountSaved, PermissionRefused, RoleSaved, SignedIn
from genesis.kernel.guards import Free, Guard, Unique
from genesis.kernel.settings import StoreSettings

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the kernel keeps it; the secret is an argon2id hash."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    active: bool = True
    secret: str = ""


def hash_secret(secret: str) -> str:
    """Return the argon2id hash of a password (19 MiB, 2 passes, PHC form)."""
    if len(secret) < 4 or len(secret) > 1024:
        raise UserError("the password must have 4 to 1024 characters", "choose another one", "password")
    return Argon2id(salt=os.urandom(16), length=32, iterations=2, lanes=1, memory_cost=19 * 1024).derive_phc_encoded(
        secret.encode()
    )


def check_secret(secret: str, stored: str) -> bool:
    """Tell whether the password matches; an empty hash matches nothing."""
    if not stored:
        hmac.compare_digest(hashlib.sha256(secret.encode()).digest(), bytes(32))
        return False
    try:
        Argon2id.verify_phc_encoded(secret.encode(), stored)
    except InvalidKey:
        return False
    return True


CARDS = "staff card"  # guard space: what a reader gives of a card -> the account it signs in
CARD = re.compile(r"(UID:(?:[0-9A-F]{2}){4,10})(?:\+.*)?|(CARD:[!-~]{1,64})")  # a signed text behind a number changes


def card_of(code: str) -> str:
    """Return what stays the same of a code that a card reader gives; "" where it is none."""
    found = CARD.fullmatch(code.strip())
    return (found[1] or found[2]) if found else ""


class Permissions:
    """Asks the roles, then the plugins."""

    def __init__(self, pos: Pos, known: dict[str, Permission]) -> None:
        self._pos, self.known = pos, known

    def require(self, permission: str, resource: str = "", actor: Actor | None = None) -> None:
        """Refuse unless the actor may; the refusal is recorded. Raises Refused."""
        who = actor or self._pos.actor
        reason = self.reason(who, permission, resource)
        if reason:
            self._pos.journal.append(PermissionRefused(permission=permission, resource=resource, reason=reason))
            title = self.known[permission].title if permission in self.known else permission
            raise Refused(f"{who.name or 'nobody'} may not: {title} ({reason})", "ask somebody who may", permission)

    def reason(self, actor: Actor, permission: str, resource: str = "") -> str:
        """Return why the actor may not, "" if allowed."""
        if permission not in self.known:
            return f"{permission} is not a declared permission"
        if not actor.owner and not self._granted(actor, permission):
            return "no role grants it"
        for _, refusal in self._pos.hooks.vetoes(specs.authorise)(
            actor=actor, permission=permission, resource=resource
        ):
            return refusal
        return ""

    def _granted(self, actor: Actor, permission: str) -> bool:
        return any(permission in self._pos.journal.state("role", role, ()) for role in actor.roles)

    def sign_in(self, claim: str, secret: str) -> Actor:
        """Find out who it is: a plugin may know, else the kernel's accounts. Failures are recorded."""
        known = self._pos.hooks.first(specs.authenticate)(claim=claim, secret=secret)
        account, alone = self.of_card(claim) or claim, False
        if account != claim:
            alone = self._pos.settings(StoreSettings).card_alone
        found = msgspec.structs.replace(known, owner=False) if known else self._account(account, secret, alone=alone)
        self._pos.journal.append(SignedIn(account=account[:80], ok=found is not None))
        if found is None:
            raise Refused("the name or the password is not right", "try again", "password")
        return found

    def _account(self, claim: str, secret: str, *, alone: bool = False) -> Actor | None:
        stored = self._pos.journal.state("account", claim, None)
        account = None if stored is None else msgspec.convert(stored, Account)
        fits = alone or check_secret(secret, account.secret if account else "")
        if not fits or account is None or not account.active:
            return None
        return Actor(id=account.id, name=account.name, roles=account.roles, owner=account.id == OWNER.id)

    def sign_in_needed(self) -> bool:
        """Whether the owner has set a password, so that the shell must ask."""
        stored = self._pos.journal.state("account", OWNER.id, None)
        return bool(stored and stored.get("secret"))

    def save_account(self, account: Account, password: str | None = None) -> None:
        """Create or change an account; the hash goes to the kernel's state, never into a fact."""
        self.require("accounts.change", account.id)
        stored = self._pos.journal.state("account", account.id, {})
        secret = hash_secret(password) if password is not None else str(stored.get("secret", ""))
        kept = msgspec.to_builtins(msgspec.structs.replace(account, secret=secret))
        self._pos.journal.append(
            AccountSaved(account=account.id, name=account.name, roles=account.roles, active=account.active),
            state=[("account", account.id, kept)],
        )

    def of_card(self, code: str) -> str:
        """Return the account that a card was given to; "" where it is nobody's."""
        card = card_of(code)
        return self._pos.journal.holder(CARDS, card) if card else ""

    def check_card(self, account: str, code: str) -> str:
        """Return what of a card may stand for an account; UserError where it is none, or somebody else's."""
        card = card_of(code)
        if code.strip() and not card:
            what = "this is no card of a card reader"
            raise UserError(what, "put the keys here and hold the card to the reader", "card")
        if card and self.of_card(card) not in {"", account}:
            raise UserError("this card is somebody else's", "take it from them first, or give another card", "card")
        return card

    def give_card(self, account: str, code: str) -> None:
        """Let a card (as a reader gives it) stand for an account, instead of its last one; "" takes that away."""
        self.require("accounts.change", account)
        card, before = self.check_card(account, code), self._pos.journal.state("account_card", account, "")
        if card != before:
            guards: list[Guard] = [Free(CARDS, before, account)] if before else []
            guards += [Unique(CARDS, card, account)] if card else []
            fact = AccountCard(account=account, given=bool(card))
            self._pos.journal.append(fact, guards=guards, state=[("account_card", account, card)])

    def save_role(self, role: str, granted: tuple[str, ...]) -> None:
        """Create or change a role; unknown permissions are refused."""
        self.require("accounts.change", role)
        unknown = sorted(set(granted) - set(self.known))
        if unknown:
            raise UserError(f"unknown permissions: {', '.join(unknown)}", "use declared permissions", "permissions")
        self._pos.journal.append(RoleSaved(role=role, permissions=granted), state=[("role", role, list(granted))])
