"""The report of approvals: who did what at the till that somebody else approved."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, select

from genesis import Entry, PermissionApproved, Pos, Projection, Report, ViewDb, person_of

approval = Table(
    "till_approval", MetaData(),
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("permission", Text, nullable=False),
    Column("resource", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip


def _approved(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, PermissionApproved):
        db.upsert(approval, [{
            "stream": entry.stream, "seq": entry.seq, "at": entry.at, "actor": entry.actor, "approver": fact.approver,
            "permission": fact.permission, "resource": fact.resource,
        }])  # fmt: skip


def _rows(pos: Pos, days: dict[str, str]) -> list[tuple[str, ...]]:
    """Return the approvals of some days (of UTC), newest first."""
    wanted = select(approval).order_by(approval.c.at.desc(), approval.c.seq.desc())
    if days["since"]:
        wanted = wanted.where(approval.c.at >= days["since"])
    if days["until"]:
        wanted = wanted.where(approval.c.at < f"{days['until']}~")  # whatever time of that day
    known = pos.permissions.known
    return [
        (row.at[:16].replace("T", " "), row.stream, person_of(pos, row.actor), person_of(pos, row.approver),
         known[row.permission].title if row.permission in known else row.permission, row.resource)
        for row in pos.db.all(wanted)
    ]  # fmt: skip


APPROVALS = Projection(name="till_approval", tables=(approval,), handlers={"permission.approved": _approved})
REPORT = Report(id="till.approvals", title="Approvals at the till", run=_rows,
                columns=("Time", "Register", "Who", "Approved by", "What", "About"))  # fmt: skip
