"""Who may do what: default deny, roles grant, plugins may only restrict, refusals are facts."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from genesis.hooks import platform as specs
from genesis.kernel.actors import NOBODY, OWNER, Actor, Permission
from genesis.kernel.approvals import APPROVED, Approval, Approved
from genesis.kernel.errors import Refused, UserError
from genesis.kernel.facts import AccountCard, AccountSaved, PermissionApproved, PermissionRefused, RoleSaved, SignedIn
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


def _actor(account: Account) -> Actor:
    return Actor(id=account.id, name=account.name, roles=account.roles, owner=account.id == OWNER.id)


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
        self._pos, self.known, self._last = pos, known, ""
        pos.journal.approved = self.approved

    def require(self, permission: str, resource: str = "", actor: Actor | None = None, why: str = "") -> None:
        """Refuse unless the actor may, or somebody who may has approved of it; the refusal is recorded.

        why: what it is about, in place of who may not do what. Raises Approval where somebody could approve, else
        Refused.
        """
        who, given = actor or self._pos.actor, None if actor else self._given()
        reason = self.reason(who, permission, resource)
        if reason and given is not None and self._approvable(permission):
            who, reason = given.by, self.reason(given.by, permission, resource)
            if not reason:
                cart, _ = self._pos.open_cart()
                given.facts[permission] = PermissionApproved(permission=permission, resource=resource, approver=who.id,
                                                             sale=cart.id if cart else "")  # fmt: skip
        if not reason:
            return
        if not self._pos.journal.forbidden():  # a hook records nothing
            self.approved().clear()
            self._pos.journal.append(PermissionRefused(permission=permission, resource=resource, reason=reason))
        if not actor and given is None and self.approvers(permission, resource):
            raise self._ask(permission, resource, why)
        raise self._refused(who, permission, reason, "" if given else why)

    def _refused(self, who: Actor, permission: str, reason: str, why: str = "") -> Refused:
        title = self.known[permission].title if permission in self.known else permission
        what = why or f"{who.name or 'nobody'} may not: {title} ({reason})"
        return Refused(what, "ask somebody who may", permission)

    def _approvable(self, permission: str) -> bool:
        return permission in self.known and self.known[permission].approvable

    def approvers(self, permission: str, resource: str = "") -> list[tuple[str, str]]:
        """Return (account, name) of those who can approve what the actor may not: who did so last first."""
        if not self._approvable(permission):
            return []
        accounts = (msgspec.convert(kept, Account) for kept in self._pos.journal.space("account").values())
        may = [(one.id, one.name) for one in accounts
               if one.active and one.secret and not self.reason(_actor(one), permission, resource)]  # fmt: skip
        return sorted(may, key=lambda one: (one[0] != self._last, one[1].casefold()))

    def _ask(self, permission: str, resource: str, why: str = "", chosen: str = "") -> Approval:
        what = why or f"{self._pos.actor.name or 'nobody'} may not: {self.known[permission].title}"
        return Approval(what, permission, self.approvers(permission, resource),
                        partial(self._check, permission, resource), chosen)  # fmt: skip

    def _check(self, permission: str, resource: str, person: str, secret: str) -> Actor:
        """Return who approves. A staff card stands for its person, with the password or alone as the store wants."""
        account, alone = self.of_card(secret), self._pos.settings(StoreSettings).card_alone
        if account and not alone:
            raise self._ask(permission, resource, "this card needs its password as well", account)
        who = self.sign_in(secret, "") if account else self.sign_in(person, secret)
        if reason := self.reason(who, permission, resource):
            raise self._refused(who, permission, reason)
        self._last = who.id
        return who

    def _given(self) -> Approved | None:
        found = self._pos.hooks.answers.get(APPROVED)
        return found if isinstance(found, Approved) else None

    def approved(self) -> dict[str, PermissionApproved]:
        """Return what was approved of the command that runs and is not recorded yet."""
        given = self._given()
        return given.facts if given else {}

    def actor_of(self, account: str) -> Actor:
        """Return who an account is now; one that is not kept here may nothing."""
        stored = self._pos.journal.state("account", account, None)
        if stored is None:
            return OWNER if account == OWNER.id else msgspec.structs.replace(NOBODY, id=account)
        return _actor(msgspec.convert(stored, Account))

    def by(self, permission: str) -> str:
        """Return the account that answers for what is done: who approved it, else the actor."""
        approved = self.approved().get(permission)
        return approved.approver if approved else self._pos.actor.id

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
        return _actor(account)

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
