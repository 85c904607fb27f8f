"""What the office does with tags: prepare them, block lost ones, move what was on one to another."""

from __future__ import annotations

from genesis import Balance, Guard, Pos, Refused, Unique, UserError, business_today, exponent, plain
from genesis_tap import counting, service, tags
from genesis_tap.models import TagBlocked, TagOpened, TagPrepared, TagReplaced
from genesis_tap.service import BLOCKED, COUNT, ISSUED, OPEN, REPLACED, SPACE, STATE

PREPARED = "tap uid"  # guard space: the maker's number of a tag -> tag


def prepare(pos: Pos, typed: str) -> tuple[str, str]:
    """Give a blank tag a number in the store; return (tag, text to write on it). typed: the maker's number."""
    pos.permissions.require("tap.prepare")
    key, uid = service.key_of(pos), tags.uid_of(typed)
    if not uid:
        raise UserError(
            f"number: {typed[:40]!r} is not the number of a tag", "type its 8, 14, 16 or 20 letters and digits", "uid"
        )
    if pos.journal.holder(PREPARED, uid):
        raise UserError(f"number: {uid} is prepared already", "look for it on the page Tags", "uid")
    tag = tags.new_tag()
    pos.journal.append(TagPrepared(tag=tag, uid=uid, day=business_today(pos)),
                       guards=[Unique(PREPARED, uid, tag), Unique(ISSUED, tag, uid)])  # fmt: skip
    return tag, tags.text(key, uid, tag, 0)


def prepare_here(pos: Pos) -> str:
    """Give the blank tag that lies at a reader which writes a number in the store, and write its text."""
    pos.permissions.require("tap.prepare")
    service.key_of(pos)
    held = pos.devices.ask_writer(lambda reader: reader.held())
    if not held.ok:
        raise UserError(
            f"no tag was prepared: {held.error}", "type its number instead, and write it with a phone", "uid"
        )
    tag, _ = prepare(pos, held.value)
    return write(pos, tag)


def write(pos: Pos, tag: str) -> str:
    """Write the text of a tag that is prepared onto it, with the next count: copies of it are not taken any more."""
    pos.permissions.require("tap.prepare")
    _uid(pos, tag)
    if why := counting.write_next(pos, tag, pos.journal.balance(COUNT, tag)):
        raise UserError(f"tag {tag} was not written: {why}", "hold it to the reader and choose Write on the tag", "tag")
    return f"tag {tag} is written"


def written(pos: Pos, tag: str) -> str:
    """Return the text to write on a tag that is prepared: it is kept nowhere."""
    pos.permissions.require("tap.prepare")
    return tags.text(service.key_of(pos), _uid(pos, tag), tag, pos.journal.balance(COUNT, tag))


def _uid(pos: Pos, tag: str, field: str = "tag") -> str:
    uid = pos.journal.holder(ISSUED, tag)
    if not uid:
        raise UserError(f"tag: {tag[:40]!r} is not known", "look for its number on the page Tags", field)
    return str(uid)


def block(pos: Pos, tag: str, reason: str) -> str:
    """Take a tag no more (lost, suspected); what is on it stays there."""
    pos.permissions.require("tap.block")
    _uid(pos, tag)
    reason = _reason(reason)
    if service.state(pos, tag) != OPEN:
        raise Refused(f"tag {tag} is blocked already", "move what is on it to another tag", "tag")
    pos.journal.append(TagBlocked(tag=tag, reason=reason, day=business_today(pos)),
                       guards=[Balance(STATE, tag, 1, ceiling=BLOCKED, was=OPEN)])  # fmt: skip
    return f"tag {tag} is blocked"


def reopen(pos: Pos, tag: str) -> str:
    """Take a blocked tag again, as it was found."""
    pos.permissions.require("tap.block")
    _uid(pos, tag)
    if service.state(pos, tag) != BLOCKED:
        raise Refused(f"tag {tag} is not blocked, or was replaced", "prepare another tag", "tag")
    pos.journal.append(TagOpened(tag=tag, day=business_today(pos)), guards=[Balance(STATE, tag, -1, was=BLOCKED)])
    return f"tag {tag} is taken again"


def replace(pos: Pos, tag: str, heir: str, reason: str) -> str:
    """Move all that is on a tag to another one; the old one is never taken again."""
    pos.permissions.require("tap.move")
    _uid(pos, tag)
    _uid(pos, heir, "heir")
    reason, now = _reason(reason), service.state(pos, tag)
    if tag == heir or service.state(pos, heir) != OPEN:
        raise Refused(f"tag {heir} cannot take it", "prepare another tag", "heir")
    if now == REPLACED:
        raise Refused(f"tag {tag} was replaced already", "look for the new one on the page Tags", "tag")
    amount = pos.journal.balance(SPACE, tag)
    fact = TagReplaced(tag=tag, heir=heir, amount=amount, currency=pos.currency, reason=reason, day=business_today(pos))
    most = service.limit(pos, pos.settings(service.TapSettings).most, "most")
    guards: list[Guard] = [
        Balance(STATE, tag, REPLACED - now, ceiling=REPLACED, was=now), service.is_open(heir),
        Balance(SPACE, tag, -amount, was=amount), Balance(SPACE, heir, amount, ceiling=most),
    ]  # fmt: skip
    pos.journal.append(fact, guards=guards)
    return f"{plain(amount, exponent(pos.currency))} moved from tag {tag} to tag {heir}"


def _reason(typed: str) -> str:
    if not typed.strip():
        raise UserError("reason: it is missing", "say why, in a few words", "reason")
    return typed.strip()[:200]
