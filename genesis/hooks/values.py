"""The small values that hook implementations answer with."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from genesis.kernel.actors import Permission as Permission
from genesis.kernel.cart import Item, whole
from genesis.kernel.devices import DeviceDriver as DeviceDriver
from genesis.kernel.facts import Fact, Row
from genesis.kernel.fields import FieldSpec as FieldSpec
from genesis.kernel.guards import Guard
from genesis.kernel.jobs import Job as Job
from genesis.kernel.money import Money


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the answers."""


class SearchHit(Value, frozen=True, kw_only=True):
    """One found item; price in ten-thousandths, None where it is asked at the till.

    variants: how many it stands for, which are chosen from when it is rung up; they cost from price to price_to.
    """

    item: Item
    price: int | None
    price_to: int | None = None
    variants: int = 0
    rank: int = 0
    icon: str = ""


class Suggestion(Value, frozen=True, kw_only=True):
    """Something to offer; code adds it when scanned or tapped."""

    text: str
    code: str = ""


class Problem(Value, frozen=True, kw_only=True):
    """Something against completing the cart; blocking refuses, otherwise a person may say yes."""

    text: str
    remedy: str = ""
    blocking: bool = True


class Block(Value, frozen=True, kw_only=True):
    """Rows for a slot of the receipt: header, lines, totals, footer; lower order comes first.

    A row is (style, left, right); styles: text, bold, centre, title, rule, small, barcode, qr, image (left: SHA-256).
    words: what the kernel's own labels ("Total", "Change") and titles of payments are called on this receipt.
    """

    slot: Literal["header", "lines", "totals", "footer"]
    rows: tuple[Row, ...]
    order: int = 50
    words: Mapping[str, str] = {}


class Discrepancy(Value, frozen=True, kw_only=True):
    """A difference between a provider's books and ours, in minor units.

    what: one side lacks it, or the amounts differ; not_read: the books could not be read (text says why), so nothing
    was compared. receipt: its number, where there is one.
    """

    method: str
    reference: str
    ours: int
    theirs: int
    text: str
    what: Literal["amount", "not_there", "not_here", "not_read"] = "amount"
    currency: str = ""
    receipt: str = ""


class Availability(Value, frozen=True, kw_only=True):
    """What can be sold now, in thousandths; note is shown as a badge ("3 left").

    allocated: what is on hand and kept for somebody (held carts), which is not available. share: 0 to 1000, how full
    the shelf is, None where nobody can tell.
    """

    on_hand: int
    available: int
    allocated: int = 0
    note: str = ""
    tone: Literal["", "info", "warn", "bad", "off"] = ""
    share: int | None = None

    def __post_init__(self) -> None:
        whole(self.on_hand, "on_hand")
        whole(self.available, "available")
        whole(self.allocated, "allocated")


class Allocation(Value, frozen=True, kw_only=True):
    """What a line takes: data kept in the line's section, and the guards that promise it."""

    section: dict[str, Any]
    guards: tuple[Guard, ...] = ()


class Arrived(Value, frozen=True, kw_only=True):
    """What comes of one item, in thousandths; batch and expiry (an ISO date) as its label says, "" for none.

    serials: its pieces where they are named already; else whoever follows them asks.
    """

    item: str
    name: str
    qty: int
    batch: str = ""
    expiry: str = ""
    serials: tuple[str, ...] = ()


class Arrival(Value, frozen=True, kw_only=True):
    """Goods that come in or go: when, where to, from whom (a name) and on which delivery note.

    Quantities below zero go. why: "received", "opened", "adjusted" by hand; "supplier" and "wasted" are goods that go;
    "assembled" and "apart": what goes becomes what comes; "sent" (to another location) and "arrived"; "seen" and
    "recounted" in a count (`document`), which is "counted" when it is posted: no rows then.
    """

    day: str
    location: str
    rows: tuple[Arrived, ...]
    supplier: str = ""
    document: str = ""
    why: str = "received"


class Kept(Value, frozen=True, kw_only=True):
    """What a plugin keeps of goods that come in: facts of its own, and the guards that make them true.

    rows: the goods in place of those it was asked about, where it says more of them (which batches are taken); they
    have the same quantities by item. Empty: they are as they were.
    """

    facts: tuple[Fact, ...] = ()
    guards: tuple[Guard, ...] = ()
    rows: tuple[Arrived, ...] = ()


class Opened(Value, frozen=True, kw_only=True):
    """What an item begins with: thousandths, and ten-thousandths for one unit where its cost is known."""

    item: str
    name: str
    qty: int
    cost: int | None = None


@runtime_checkable
class OpeningStock(Protocol):
    """Whoever keeps the stock, for a list that says how many there are of each item. document: names the list."""

    def known(self, items: Sequence[str]) -> set[str]:
        """Return those items of which there is stock already, or was: they begin no more.

        Raises Refused where who acts may not open stock.
        """
        ...

    def record(self, rows: Sequence[Opened], document: str) -> None:
        """Record what items begin with, in one append; Refused where one of them began meanwhile."""
        ...

    def recorded(self, document: str, after: int = 0) -> tuple[int, int]:
        """Return units (thousandths) and value (ten-millionths) that were recorded past a position of the journal."""
        ...

    def take_back(self, document: str) -> None:
        """Take back what was recorded of items that were not moved since; the others stay."""
        ...


class Categorised(Value, frozen=True, kw_only=True):
    """The categories of the store, and how a query finds that of an item.

    paths: id -> names of it and of those above it, the outermost first. of: column of item refs -> expression that is
    the id of the category of each, NULL or unknown where it has none.
    """

    paths: Mapping[str, tuple[str, ...]]
    of: Callable[[Any], Any]


class ReorderProposal(Value, frozen=True, kw_only=True):
    """What to order and why; quantities in thousandths."""

    item: str
    supplier: str
    qty: int
    because: str


class Report(Value, frozen=True, kw_only=True):
    """A report: columns and a function that yields rows for given parameters.

    parameters: since and until, ISO dates, "" for any. rows: texts ready to be shown, as many as there are columns.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    run: Callable[[Any, dict[str, str]], Sequence[tuple[Any, ...]]]
    permission: str = "reports.read"


class Exporter(Value, frozen=True, kw_only=True):
    """Writes a receipt document into bytes. medium: pdf, escpos, text ..."""

    id: str
    title: str
    medium: str
    suffix: str
    write: Callable[[Sequence[Row]], bytes]


class Figure(Value, frozen=True, kw_only=True):
    """A card of the dashboard or above a list. series: a small chart; go: the page behind it ("plugin.screen")."""

    id: str
    title: str
    value: str | Money
    note: str = ""
    series: tuple[int, ...] = ()
    tone: Literal["", "info", "good", "warn", "bad", "off"] = ""
    go: str = ""


class ReportSection(Value, frozen=True, kw_only=True):
    """A titled block of (label, text) rows on an X or Z report. todo: it is to be done before the shift is closed."""

    title: str
    rows: tuple[tuple[str, str], ...]
    todo: bool = False


class Health(Value, frozen=True, kw_only=True):
    """How a plugin is."""

    ok: bool
    text: str


class Screen(Value, frozen=True, kw_only=True):
    """A page of the shell. place: beside the till, in the back office (under the heading `group`), or hidden.

    page is "module:function", imported when first shown: it gets pos and returns a ListPage, which the shell draws.
    build is "module:function" for the rare page that draws itself: it gets (parent, pos) and returns a widget.
    badge: a short figure beside its name ("14"), "" for none. id: no screen of another plugin may have it.
    """

    id: str
    title: str
    icon: str
    permission: str
    page: str = ""
    build: str = ""
    place: Literal["rail", "admin", "hidden"] = "rail"
    group: Literal["", "catalog", "stock", "sales", "office"] = ""
    badge: Callable[[Any], str] | None = None
    order: int = 50


class Action(Value, frozen=True, kw_only=True):
    """A command of the till. run gets pos; enabled tells whether it makes sense now.

    run may raise Confirm with fields to ask the cashier something, and return a Done (pages) to say what it did.
    """

    id: str
    title: str
    run: Callable[[Any], Any]
    permission: str
    icon: str = ""
    keys: str = ""
    enabled: Callable[[Any], bool] | None = None


class Panel(Value, frozen=True, kw_only=True):
    """Something small to show in a slot. id: what choosing it means, in slots where there is a choice."""

    text: str
    id: str = ""
    tone: Literal["", "info", "good", "warn", "bad", "off"] = ""
    icon: str = ""
    detail: str = ""
    order: int = 50


class CliCommand(Value, frozen=True, kw_only=True):
    """A sub-command of `genesis`. run gets (pos or None, arguments) and returns the exit code.

    store: "needed", "used" (opened where there is one) or "none". usage: what follows the name in help; details:
    what else the help says.
    """

    name: str
    summary: str
    usage: str
    examples: tuple[str, ...]
    run: Callable[[Any, list[str]], int]
    details: str = ""
    store: Literal["needed", "used", "none"] = "needed"

    def parser(self) -> ArgumentParser:
        """Return an empty parser of its arguments; wrong ones end with the usage and exit code 2."""
        return ArgumentParser(prog=f"genesis {self.name}", usage=f"genesis {self.name} {self.usage}", add_help=False)


def print_rows(rows: Iterable[tuple[Mapping[str, Any], str]], *, as_json: bool) -> None:
    """Print what a command found, each thing as its text, or as one JSON object a line."""
    for row, text in rows:
        sys.stdout.write((msgspec.json.encode(row).decode() if as_json else text) + "\n")


def agreed(question: str) -> bool:
    """Ask at a terminal whether something is to be done; where nobody can be asked, say that --yes agrees to it."""
    if not sys.stdin.isatty():
        sys.stderr.write("Nothing was written: agree to these totals with --yes\n")
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


class Route(Value, frozen=True, kw_only=True):
    """An HTTP route under /x/<plugin>/."""

    method: str
    path: str
    handler: Callable[..., Any]
    permission: str


class Theme(Value, frozen=True, kw_only=True):
    """A look: a folder with theme.json."""

    id: str
    title: str
    folder: Path


class Renderer(Protocol):
    """Turns the rows of a receipt into something a device or a person can read."""

    def __call__(self, rows: Sequence[Row]) -> bytes:
        """Write the rows."""
        ...
