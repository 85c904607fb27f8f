"""Brings a product list into the catalogue: rows that fit are kept, each of the others is refused with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import uuid_utils
from sqlalchemy import select

from genesis import FieldSpec, Opened, OpeningStock, Pos, Refused, UserError
from genesis.hooks import inventory
from genesis_catalog import layouts, more
from genesis_catalog.changes import looked_up
from genesis_catalog.csvfile import FIELDS, Record, Survey, folded, head, planned, rows
from genesis_catalog.grown import Categories
from genesis_catalog.lookup import PREFIX
from genesis_catalog.models import (
    CODE,
    STANDARD_UNITS,
    Row,
    facts_checked,
    place_of,
    product,
    product_keys,
    sku_key,
    unit,
)
from genesis_catalog.rows import Draft, read
from genesis_catalog.totals import Totals, differences, written
from genesis_catalog.undo import MARK

CHUNK = 1_000
MOST_PROBLEMS = 10_000
Fields = dict[str, list[FieldSpec]]
Progress = Callable[[int, int, int], bool]  # rows read, bytes read, bytes in all -> whether to go on
_NAMES = select(product.c.id, product.c.name)
_UNITS = select(unit.c.id)


class Problem(msgspec.Struct, frozen=True):
    """Why a row was refused, or how it was mended; row: its first line in the file, field: "" for the whole row."""

    row: int
    field: str
    reason: str


class Result(msgspec.Struct, kw_only=True):
    """What an import did, or a dry run would do.

    rows = created + changed + unchanged + refused. codes, units, value: as of `Totals`; differing: where what is
    written is not what was agreed to. begun: rows whose stock is left as it is, as there was some before. mended: rows
    kept without characters that cannot be printed. remembered: columns that are read as a person said of an earlier
    list. chunks: how many were kept whole; last_row: the last row they hold. problems: why rows were refused, notes:
    how they were mended, the first 10,000 each. ignored: columns that mean nothing to the catalogue. system: whose list
    it is, "" where it is one of ours. source: how this import is called in facts, so that it can be taken back.
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
    codes: int = 0
    units: int | None = None
    value: int | None = None
    begun: int = 0
    mended: int = 0
    remembered: dict[str, str] = {}
    differing: list[str] = []
    problems: list[Problem] = []
    notes: list[Problem] = []

    @property
    def totals(self) -> Totals:
        """Return what a person agrees to."""
        return Totals(self.created, self.changed, self.codes, self.units, self.value)


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
    agreed: Totals | None = None,
    chunk: int = CHUNK,
) -> Result:
    """Import a CSV file (UTF-8, zipped or not); see the plugin's README for its columns.

    A row is a product that is there already where its SKU or one of its codes is; an empty cell leaves a value
    as it is, codes are added. names: what columns are, kept for the next list with the same ones. progress may return
    False to stop: whole chunks stay. agreed: the totals of a dry run, compared with what is written then (without them
    what was counted is). Raises UserError where the file as a whole cannot be read.
    """
    pos.permissions.require("records.import", "catalog_product")
    known = more.fields(pos)
    others = [one.name for many in known.values() for one in many]
    file = head(path)
    before = layouts.remembered(pos, file.titles, (*FIELDS, *others))
    said = layouts.merged(before, {folded(title): field for title, field in (names or {}).items()})
    plan = planned(file, said, others)
    start = pos.journal.raw.pos()
    importer = _Importer(pos, plan, known, dry_run=dry_run, progress=progress, chunk=chunk)
    if names and not dry_run:
        layouts.remember(pos, file.titles, names)
    result = importer.run()
    if importer.stock is None:
        result.ignored += tuple(title for title, field in zip(file.titles, plan.columns, strict=True)
                                if field in {"quantity", "cost"})  # fmt: skip
    result.remembered = {title: field for title, field in before.items() if said.get(title) == field}
    if not dry_run:
        found = written(pos, result.source, start, importer.stock)
        wanted = result.totals if agreed is None or result.cancelled else agreed
        result.differing = differences(pos, wanted, found)
    return result


class _Importer:
    """One run over one file."""

    def __init__(
        self, pos: Pos, plan: Survey, known: Fields, *, dry_run: bool, progress: Progress | None, chunk: int
    ) -> None:
        self._pos, self._plan, self._known, self._dry, self._chunk = pos, plan, known, dry_run, chunk
        self._progress = progress or (lambda *_: True)
        self._products = pos.records("catalog_product")
        self._units = (*STANDARD_UNITS, *(row[0] for row in pos.db.fast(_UNITS, {})))
        self._tree = Categories(pos)
        self.stock = _stock(pos) if "quantity" in plan.columns else None
        self._goods: dict[int, Opened] = {}
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
        keys = {key for draft in drafts for key, _, _ in _asked(draft)}
        self._owners = self._products.owners(CODE, keys)
        with looked_up(self._pos, keys - self._owners.keys()):
            ready = [one for one in map(self._ready, drafts) if one is not None]
        if not self._dry:
            self.result.categories += self._tree.keep()
            loaded = self._load(ready)
            for one in {one.number for one in ready} - {one.number for one in loaded}:
                self._goods.pop(one, None)
            ready = loaded
        self.result.rows += len(part)
        self.result.chunks += 1
        self.result.last_row = part[-1].number
        self.result.problems[told:] = sorted(self.result.problems[told:], key=lambda problem: problem.row)
        totals = self.result
        totals.created += sum(one.before is None for one in ready)
        totals.changed += sum(one.before is not None for one in ready)
        totals.codes += sum(len(one.after["codes"]) for one in ready)
        self._begin(totals)

    def _read(self, record: Record) -> Draft | None:
        """Return what a row says; None where it is refused."""
        try:
            if record.fault:
                raise UserError(record.fault, "correct the row")
            self._check_currency(record.cells.get("currency", "").strip())
            return read(record.number, record.cells, self._plan.path.parent)
        except UserError as error:
            self._refuse(record.number, error)
            return None

    def _check_currency(self, named: str) -> None:
        """Refuse amounts of another currency; a list that names none is in the store's."""
        currency = self._pos.currency
        if named and named.upper() != currency:
            raise UserError(
                f"currency: {named[:20]!r} is not the store's {currency}", f"give the amounts in {currency}", "currency"
            )

    def _ready(self, draft: Draft) -> _Ready | None:
        """Return what is to be kept; None where it is refused or changes nothing."""
        try:
            one = self._merged(draft, self._match(draft))
        except UserError as error:
            self._refuse(draft.number, error)
            return None
        self.result.mended += bool(draft.mended)
        if len(self.result.notes) < MOST_PROBLEMS:
            self.result.notes += (Problem(draft.number, field, said) for field, said in draft.mended)
        if self.stock is not None and draft.qty:
            self._goods[draft.number] = Opened(item=f"{PREFIX}{one.id}", name=one.after["name"], qty=draft.qty,
                                               cost=draft.cost)  # fmt: skip
        if one.before == one.after:
            self.result.unchanged += 1
            return None
        return one

    def _refuse(self, number: int, error: UserError) -> None:
        self.result.refused += 1
        if len(self.result.problems) < MOST_PROBLEMS:
            self.result.problems.append(Problem(number, error.field, str(error)))

    def _begin(self, totals: Result) -> None:
        """Let products begin with the stock that their rows say; one that had some before keeps it."""
        if self.stock is None:
            return
        begun = self.stock.known([one.item for one in self._goods.values()])
        goods = {number: one for number, one in self._goods.items() if one.item not in begun}
        self.result.begun += len(self._goods) - len(goods)
        self._goods = {}
        try:
            if goods and not self._dry:
                self.stock.record(list(goods.values()), self.result.source)
        except UserError as error:
            first = min(goods)
            reason = f"quantity: the stock of rows {first} to {max(goods)} was not recorded: {error}"
            self.result.problems.append(Problem(first, "quantity", reason))
            return
        totals.units = (totals.units or 0) + sum(one.qty for one in goods.values())
        totals.value = (totals.value or 0) + sum(one.qty * (one.cost or 0) for one in goods.values())

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
        place = place_of(after["style"], after["options"]) if after["style"] else ""
        if row := self._seen.get(place):
            raise UserError(f"options: {after['options']} of {after['style']} stands in row {row} already",
                            "keep one of the rows", "options")  # fmt: skip
        self._tree.plan(missing)
        for _, key in product_keys(after):
            self._seen[key] = draft.number
        return _Ready(draft.number, product_id, before, after, draft.image)

    def _allowed(self, product_id: str, before: Row | None, after: Row) -> None:
        """Ask the rules of the catalogue and of the other plugins.

        after: without its category where that is only planned: nobody can look it up yet.
        """
        if after["unit"] not in self._units:
            raise UserError(f"unit: there is no unit {after['unit']!r}", f"use {', '.join(self._units)}", "unit")
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


def _stock(pos: Pos) -> OpeningStock | None:
    """Return who keeps the stock that products begin with; who may not open any is refused at once."""
    found: OpeningStock | None = pos.hooks.first(inventory.opening)()
    if found is not None:
        found.known(())
    return found


def _asked(draft: Draft) -> list[tuple[str, str, str]]:
    """Return (key, field, how a person calls it) of everything a product is known by in this row."""
    asked = [(entry["code"], "codes", entry["as_typed"]) for entry in draft.codes]
    sku = draft.values.get("sku")
    return [(sku_key(sku), "sku", sku), *asked] if sku else asked
