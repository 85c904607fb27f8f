"""Pages of the back office as data: a plugin says what is on them, the shell draws them, nobody else opens windows.

A page is a list with cards above it, filters, actions, and a drawer for the row that is chosen. What a function
returns is text ready to be shown, or Money; what a person fills in comes back as text, by field name. Functions are
called in a worker where they may take long, and raise UserError (with `field` where one is at fault).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from genesis.hooks.values import Figure, Value
from genesis.kernel.facts import Row
from genesis.kernel.fields import FieldSpec
from genesis.kernel.money import Money

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from genesis.kernel.pos import Pos

Text = str | Money  # money is written by the shell, in the language of the screen
Tone = Literal["", "info", "good", "warn", "bad", "off"]
ColumnKind = Literal["text", "number", "money", "date", "badge", "bar"]


class Column(Value, frozen=True, kw_only=True):
    """A column of a list. kind number and money stand right; sort: the list can be ordered by it; wide: it grows."""

    id: str
    title: str
    kind: ColumnKind = "text"
    sort: bool = False
    wide: bool = False


class Cell(Value, frozen=True, kw_only=True):
    """A cell with more than a text. small: a second line; dot: a tint; share: 0 to 1000, length of a bar."""

    text: Text
    small: str = ""
    tone: Tone = ""
    icon: str = ""
    dot: str = ""
    share: int | None = None

    @classmethod
    def of(cls, cell: Text | Cell) -> Cell:
        """Return a text as a cell."""
        return cell if isinstance(cell, Cell) else cls(text=cell)


class PageRow(Value, frozen=True, kw_only=True):
    """A row of a list; id is what actions and the drawer are given. cells: one for each column."""

    id: str
    cells: tuple[Text | Cell, ...]
    icon: str = ""
    tint: str = ""


class Query(Value, frozen=True, kw_only=True):
    """Which rows are asked for. filters: filter id -> chosen value; sort: column id, "" for the list's own order."""

    text: str = ""
    filters: Mapping[str, str] = {}
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = 50

    def order(self, columns: Mapping[str, ColumnElement[Any]], otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return what to order by: the chosen one of these columns, in the direction asked for."""
        column = columns.get(self.sort)
        return otherwise if column is None else column.desc() if self.descending else column.asc()


class Rows(Value, frozen=True, kw_only=True):
    """The rows of a query, and how many match in all."""

    rows: tuple[PageRow, ...]
    total: int


class Filter(Value, frozen=True, kw_only=True):
    """A choice that narrows a list; choices are (value, label), "" stands for all and need not be among them."""

    id: str
    title: str
    choices: tuple[tuple[str, str], ...]


class Done(Value, frozen=True, kw_only=True):
    """What an action did. text: said in passing; go: id of the page to show then, "plugin.screen"; open: its row.

    document: rows as on a receipt, shown on the screen and ready to be printed (an X report, a count sheet); printed:
    it goes to the printer by itself.
    file: something written, to be opened or saved; undo: takes it back, offered with the text.
    """

    text: str = ""
    tone: Tone = "good"
    go: str = ""
    open: str = ""
    document: tuple[Row, ...] = ()
    printed: bool = False
    file: Path | None = None
    undo: Callable[[Any], None] | None = None


class Act(Value, frozen=True, kw_only=True):
    """What an action is given. rows: ids of the chosen rows; values: what was asked, by field name.

    progress: call it with (done, in all) in long work; False means that the person cancelled.
    agreed: the text of the question (Confirm) of long work that a person said yes to; "" where nothing was asked yet.
    """

    rows: tuple[str, ...] = ()
    values: Mapping[str, str] = {}
    progress: Callable[[int, int], bool] = lambda _done, _total: True
    agreed: str = ""


class PageAction(Value, frozen=True, kw_only=True):
    """Something to do on a page. on: the page itself, one row, or all chosen rows.

    ask: fields to fill in first; sure: a sentence to say yes to first, or what gives it for a row (it may refuse);
    main: its most important action;
    long: runs in a worker with a progress dialog; shown: whether it makes sense for this row (page: row "").
    page: the screen ("plugin.screen") it stands on where a plugin brings it for another's page, by the hook `actions`.
    """

    id: str
    title: str
    run: Callable[[Any, Act], Done | None]
    permission: str
    on: Literal["page", "row", "rows"] = "page"
    icon: str = ""
    ask: tuple[FieldSpec, ...] = ()
    sure: str | Callable[[Any, str], str] = ""
    danger: bool = False
    main: bool = False
    long: bool = False
    shown: Callable[[Any, str], bool] | None = None
    page: str = ""


class PageFilter(Value, frozen=True, kw_only=True):
    """A choice that a plugin brings for the list of another's page (`page`, "plugin.screen"), by the hook `actions`.

    choices: as of a Filter; narrow: what was chosen -> a select of the items (refs) that stay in the list.
    """

    id: str
    title: str
    page: str
    permission: str
    choices: Callable[[Any], tuple[tuple[str, str], ...]]
    narrow: Callable[[Any, str], Any]


class PageColumn(Value, frozen=True, kw_only=True):
    """A column that a plugin brings for the list of another's page (`page`, "plugin.screen"), by the hook `actions`.

    cells: what stands in the rows of these items (refs); of an item that is left out nothing is said. It cannot be
    sorted by.
    """

    id: str
    title: str
    page: str
    permission: str
    kind: ColumnKind = "text"
    cells: Callable[[Any, Sequence[str]], Mapping[str, Text | Cell]]


class PageFigure(Value, frozen=True, kw_only=True):
    """A figure that a plugin brings above the list of another's page (`page`, "plugin.screen"), by the hook `actions`.

    figure: what its card says; it is asked for where the card is shown. title: what the card is called where it fails.
    """

    id: str
    title: str
    page: str
    permission: str
    figure: Callable[[Any], Figure]


class Section(Value, frozen=True, kw_only=True):
    """A part of a drawer: fields with their values, rows of a small table, a notice, or something to read.

    author names its plugin. text: paragraphs, one a line; a line that begins with four blanks is shown as typed.
    """

    title: str = ""
    author: str = ""
    icon: str = ""
    fields: tuple[FieldSpec, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Text | Cell, ...], ...] = ()
    text: str = ""
    notice: str = ""
    tone: Tone = ""


class Drawer(Value, frozen=True, kw_only=True):
    """The chosen row (or a new one) in full. values: field name -> text; save gets the values that were changed.

    actions: ids of the page's row actions to offer here; None offers all of them.
    """

    title: str
    small: str = ""
    sections: tuple[Section, ...] = ()
    values: Mapping[str, str] = {}
    save: Callable[[Any, dict[str, str]], Done | None] | None = None
    permission: str = ""
    actions: tuple[str, ...] | None = None


class ListPage(Value, frozen=True, kw_only=True):
    """A page: what its screen's `page` function returns.

    rows answers a query; cards: figures above the list; drawer: a row in full; new: an empty drawer;
    scan: takes a code that was scanned on this page; hint: what can be typed into the search field ("" for none);
    start: the filters that are chosen at first.
    """

    columns: tuple[Column, ...]
    rows: Callable[[Any, Query], Rows]
    hint: str = ""
    filters: tuple[Filter, ...] = ()
    start: Mapping[str, str] = {}
    cards: Callable[[Any], Sequence[Figure]] | None = None
    drawer: Callable[[Any, str], Drawer] | None = None
    new: Callable[[Any], Drawer] | None = None
    actions: tuple[PageAction, ...] = ()
    scan: Callable[[Any, str], Done | None] | None = None
    empty: str = ""


PageMaker = Callable[["Pos"], ListPage]
