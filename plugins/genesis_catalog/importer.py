"""Brings a product list into the catalogue: rows that fit are kept, each of the others is refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
import uuid_utils
from sqlalchemy import select

from genesis import FieldSpec, Pos, Refused, UserError
from genesis.hooks import platform
from genesis_catalog import more
from genesis_catalog.csvfile import Record, Survey, rows, survey
from genesis_catalog.lookup import LEVELS
from genesis_catalog.models import (
    CODE,
    STANDARD_UNITS,
    Row,
    category,
    category_checked,
    facts_checked,
    product,
    product_keys,
    sku_key,
    unit,
)
from genesis_catalog.rows import Draft, read
from genesis_catalog.undo import MARK

CHUNK = 1_000
MOST_PROBLEMS = 10_000
Fields = dict[str, list[FieldSpec]]
Progress = Callable[[int, int, int], bool]  # rows read, bytes read, bytes in all -> whether to go on
_NAMES = select(product.c.id, product.c.name)
_UNITS = select(unit.c.id)
_CATEGORIES = select(category.c.id, category.c.parent, category.c.name)


class Problem(msgspec.Struct, frozen=True):
    """Why a row was refused; row: its first line in the file, field: "" where it is the whole row."""

    row: int
    field: str
    reason: str


class Result(msgspec.Struct, kw_only=True):
    """What an import did, or a dry run would do.

    rows = created + changed + unchanged + refused. chunks: how many were kept whole; last_row: the last row they
    hold. problems: the first 10,000. ignored: columns that mean nothing to the catalogue. system: whose list it is,
    "" where it is one of ours. source: how this import is called in facts, so that it can be taken back.
    """

    file: str
    dry_run: bool
    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    categories: int = 0
    chunks: int = 0
    last_row: int = 0
    cancelled: bool = False
    ignored: tuple[str, ...] = ()
    system: str = ""
    source: str = ""
    problems: list[Problem] = []


class _Ready(NamedTuple):
    """A row that may be kept."""

    number: int
    id: str
    before: Row | None
    after: Row
    image: bytes | None


def run(
    pos: Pos,
    path: Path,
    *,
    names: dict[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    chunk: int = CHUNK,
) -> Result:
    """Import a CSV file (UTF-8, zipped or not); see the plugin's README for its columns.

    A row is a product that is there already where its SKU or one of its codes is; an empty cell leaves a value
    as it is, codes are added. progress may return False to stop: whole chunks stay. Raises UserError where the
    file as a whole cannot be read.
    """
    known = more.fields(pos)
    plan = survey(path, names, [one.name for many in known.values() for one in many])
    return _Importer(pos, plan, known, dry_run=dry_run, progress=progress, chunk=chunk).run()


class _Importer:
    """One run over one file."""

    def __init__(
        self, pos: Pos, plan: Survey, known: Fields, *, dry_run: bool, progress: Progress | None, chunk: int
    ) -> None:
        pos.permissions.require("records.import", "catalog_product")
        self._pos, self._plan, self._known, self._dry, self._chunk = pos, plan, known, dry_run, chunk
        self._progress = progress or (lambda *_: True)
        self._products = pos.records("catalog_product")
        self._units = (*STANDARD_UNITS, *(row[0] for row in pos.db.fast(_UNITS, {})))
        self._others = set(pos.hooks.implemented(platform.check_change)) - {"catalog"}
        self._tree = _Categories(pos)
        self._seen: dict[str, int] = {}
        self._owners: dict[str, str] = {}
        self.result = Result(file=plan.path.name, dry_run=dry_run, ignored=plan.ignored, system=plan.system,
                             source=f"{plan.path.name} {MARK}{uuid_utils.uuid7().hex[-8:]}")  # fmt: skip

    def run(self) -> Result:
        """Read, check and keep chunk by chunk."""
        part: list[Record] = []
        result = self.result
        for record in rows(self._plan):
            part.append(record)
            if len(part) >= self._chunk:
                self._keep(part)
                if not self._progress(result.rows, record.done, self._plan.size):
                    result.cancelled = True
                    return result
                part = []
        if part:
            self._keep(part)
        self._progress(result.rows, self._plan.size, self._plan.size)
        return result

    def _keep(self, part: list[Record]) -> None:
        told = len(self.result.problems)
        drafts = [draft for draft in map(self._read, part) if draft is not None]
        self._owners = self._products.owners(CODE, [key for draft in drafts for key, _, _ in _asked(draft)])
        ready = [one for one in map(self._ready, drafts) if one is not None]
        if not self._dry:
            self.result.categories += self._tree.keep()
            ready = self._load(ready)
        self.result.rows += len(part)
        self.result.chunks += 1
        self.result.last_row = part[-1].number
        self.result.problems[told:] = sorted(self.result.problems[told:], key=lambda problem: problem.row)
        self.result.created += sum(one.before is None for one in ready)
        self.result.changed += sum(one.before is not None for one in ready)

    def _read(self, record: Record) -> Draft | None:
        """Return what a row says; None where it is refused."""
        try:
            if record.fault:
                raise UserError(record.fault, "correct the row")
            return read(record.number, record.cells, self._plan.path.parent)
        except UserError as error:
            self._refuse(record.number, error)
            return None

    def _ready(self, draft: Draft) -> _Ready | None:
        """Return what is to be kept; None where it is refused or changes nothing."""
        try:
            one = self._merged(draft, self._match(draft))
        except UserError as error:
            self._refuse(draft.number, error)
            return None
        if one.before == one.after:
            self.result.unchanged += 1
            return None
        return one

    def _refuse(self, number: int, error: UserError) -> None:
        self.result.refused += 1
        if len(self.result.problems) < MOST_PROBLEMS:
            self.result.problems.append(Problem(number, error.field, str(error)))

    # -- which product -------------------------------------------------------------------------------------

    def _match(self, draft: Draft) -> str:
        """Return the id of the product that a row is about, "" for a new one; one code on two items is refused."""
        owners: dict[str, str] = {}  # product -> the first code or SKU it was found by
        for key, field, shown in _asked(draft):
            if key in self._seen:
                raise UserError(f"{shown} stands in row {self._seen[key]} already", "keep one of the rows", field)
            if owner := self._owners.get(key):
                owners.setdefault(owner, shown)
        if len(owners) > 1:
            both = ", ".join(f"{shown} belongs to {self._named(owner)}" for owner, shown in owners.items())
            raise UserError(both, "a row is one product: correct its SKU or its codes", "codes")
        return next(iter(owners), "")

    def _named(self, product_id: str) -> str:
        row = self._pos.db.one(_NAMES.where(product.c.id == product_id))
        return str(row.name) if row is not None else product_id

    def _merged(self, draft: Draft, product_id: str) -> _Ready:
        """Return the product as it would be kept, asked of every plugin."""
        before = self._products.get(product_id) if product_id else None
        if before is not None:
            before = {name: before[name] for name in self._products.records.fields}
            sku = draft.values.get("sku", before["sku"])
            if before["sku"] and sku != before["sku"]:
                raise UserError(f"code {draft.codes[0]['as_typed']} belongs to {before['name']} (SKU {before['sku']})",
                                f"SKU {sku} must have codes of its own", "codes")  # fmt: skip
        codes = {entry["code"]: entry for entry in (*(before or {}).get("codes", ()), *draft.codes)}
        told = {"more": more.merged(self._known, (before or {}).get("more"), draft.more)} if draft.more else {}
        after = facts_checked((before or {}) | draft.values | told) | {"codes": [codes[key] for key in sorted(codes)]}
        if not (after["codes"] or after["sku"]):
            raise UserError("codes: the row has neither a code nor an SKU", "nothing could find it: give one", "codes")
        missing: list[Row] = []
        if draft.path:
            after["category"], missing = self._tree.find(draft.path)
        product_id = product_id or str(uuid_utils.uuid7())
        if before != after:
            known = not missing and self._tree.is_kept(after["category"])
            self._allowed(product_id, before, after if known else after | {"category": ""})
        self._tree.plan(missing)
        for _, key in product_keys(after):
            self._seen[key] = draft.number
        return _Ready(draft.number, product_id, before, after, draft.image)

    def _allowed(self, product_id: str, before: Row | None, after: Row) -> None:
        """Ask the catalogue's own rules, and the other plugins where any has some.

        after: without its category where that is only planned: nobody can look it up yet.
        """
        if after["unit"] not in self._units:
            raise UserError(f"unit: there is no unit {after['unit']!r}", f"use {', '.join(self._units)}", "unit")
        if self._others:
            self._products.ask(product_id, before, after)

    # -- keeping -------------------------------------------------------------------------------------------

    def _load(self, ready: list[_Ready]) -> list[_Ready]:
        """Keep rows in as few facts as can be; returns those that no other process was faster with."""
        if not ready:
            return []
        for one in ready:
            if one.image is not None:
                self._pos.blobs.put(one.image)
        kept = 0

        def count(rows: int) -> bool:
            nonlocal kept
            kept = rows
            return True

        try:
            self._products.load([one.after | {"id": one.id} for one in ready], source=self.result.source,
                                progress=count)  # fmt: skip
        except Refused as refused:
            rest = ready[kept:]
            if len(rest) == 1:
                self._refuse(rest[0].number, refused)
                return ready[:kept]
            half = len(rest) // 2
            return ready[:kept] + self._load(rest[:half]) + self._load(rest[half:])
        return ready


def _asked(draft: Draft) -> list[tuple[str, str, str]]:
    """Return (key, field, how a person calls it) of everything a product is known by in this row."""
    asked = [(entry["code"], "codes", f"code {entry['as_typed']}") for entry in draft.codes]
    sku = draft.values.get("sku")
    return [(sku_key(sku), "sku", f"SKU {sku}"), *asked] if sku else asked


class _Categories:
    """The tree of categories by name; those a file needs are made when the first of its rows is kept."""

    def __init__(self, pos: Pos) -> None:
        self._records = pos.records("catalog_category")
        self._known = {(row[1], row[2].casefold()): row[0] for row in pos.db.fast(_CATEGORIES, {})}
        self._new: list[Row] = []
        self._planned: set[str] = set()

    def find(self, path: Iterable[str]) -> tuple[str, list[Row]]:
        """Return the id at the end of a path of names, and the categories on it that do not exist yet."""
        parent = ""
        missing: list[Row] = []
        for level, name in enumerate(path, 1):
            if level > LEVELS:
                raise UserError(f"category: it has more than {LEVELS} levels", "use fewer", "category")
            known = None if missing else self._known.get((parent, name.casefold()))
            if known is None:
                known = str(uuid_utils.uuid7())
                missing.append(category_checked({"name": name, "parent": parent}) | {"id": known})
            parent = known
        return parent, missing

    def plan(self, missing: list[Row]) -> None:
        """Remember categories whose first row is accepted."""
        for row in missing:
            self._known[row["parent"], row["name"].casefold()] = row["id"]
        self._new += missing
        self._planned.update(row["id"] for row in missing)

    def is_kept(self, category_id: str) -> bool:
        """Tell whether a category exists already, not only in the plan."""
        return category_id not in self._planned

    def keep(self) -> int:
        """Keep what was planned; returns how many."""
        count = len(self._new)
        if count:
            self._records.load(self._new)
            self._new = []
            self._planned.clear()
        return count
