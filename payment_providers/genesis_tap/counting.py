"""The count on a tag: each payment writes the next one onto it, and the journal keeps the one that is known."""

from __future__ import annotations

from genesis import Balance, Entry, Fact, FactRef, GuardRefused, Pos, SaleCompleted, business_today
from genesis_tap import service, tags
from genesis_tap.models import METHOD, TagCounted


def count_on(pos: Pos, entry: Entry) -> list[Fact] | None:
    """Write the next count onto each tag of a sale, while it lies at the reader; a reaction of the register.

    One that is gone, or a reader that does not write, changes nothing: the count that was read counts the next time.
    """
    sale = entry.fact
    if not isinstance(sale, SaleCompleted) or sale.mode != "normal":
        return None
    read = {t.reference: service.count_of(t) for t in sale.tenders if t.method == METHOD}
    for tag, count in read.items():
        if pos.journal.balance(service.COUNT, tag) <= count:  # nobody wrote on it meanwhile
            write_next(pos, tag, count, entry.ref)
    return [] if read else None


def write_next(pos: Pos, tag: str, count: int, cause: FactRef | None = None) -> str:
    """Write the count that follows onto a tag, and keep what is known to stand there; return why not, "" where done."""
    uid = str(pos.journal.holder(service.ISSUED, tag))
    text = tags.text(service.key_of(pos), uid, tag, count + 1)
    outcome = pos.devices.ask_writer(lambda reader: reader.write(uid, text))
    known, now = pos.journal.balance(service.COUNT, tag), count + bool(outcome.ok)
    if now > known:
        fact = TagCounted(tag=tag, count=now, day=business_today(pos))
        try:
            pos.journal.append(fact, guards=[Balance(service.COUNT, tag, now - known, was=known)], cause=cause)
        except GuardRefused:  # another register knows better
            pos.log.info("tag %s was written elsewhere meanwhile", tag)
    return outcome.error
