"""A table over any number of rows: a real ttk Treeview that only ever holds the rows in sight."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk
from typing import Literal, NamedTuple, Protocol

from genesis.shell.kit.kit import Kit
from genesis.shell.kit.safe import safe_text


class Column(NamedTuple):
    """A column: width in dp, `grow` takes what is left. sortable: a click on the heading asks the source."""

    id: str
    title: str
    width: int
    anchor: Literal["w", "e", "center"] = "w"
    grow: bool = False
    sortable: bool = False


class Row(NamedTuple):
    """A row: its key, one text a column, and an icon with its tone before them ("" for none)."""

    key: str
    texts: tuple[str, ...]
    icon: str = ""
    tone: str = ""


class Source(Protocol):
    """Where the rows come from; both calls must be quick (SQL with a limit, or a list)."""

    def count(self) -> int:
        """Return how many rows there are."""
        ...

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        """Return a window of the rows."""
        ...


class VirtualTable(tkinter.Frame):
    """Scrolls, marks and selects by row number and key; Treeview items are only slots.

    on_mark: told the number of the marked row; on_open: Enter or double click; on_sort: (column, descending).
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        kit: Kit,
        columns: Sequence[Column],
        source: Source,
        *,
        on_mark: Callable[[int], object] = lambda _n: None,
        on_open: Callable[[int], object] = lambda _n: None,
        on_sort: Callable[[str, bool], object] | None = None,
    ) -> None:
        super().__init__(parent, borderwidth=0, highlightthickness=0)
        self.kit, self._columns, self._source = kit, tuple(columns), source
        self._on_mark, self._on_open, self._on_sort = on_mark, on_open, on_sort
        self.top, self.marked, self.slots = 0, 0, 0
        self.shown: list[Row] = []
        self._pictures: dict[str, object] = {}
        self._sort: tuple[str, bool] = ("", False)
        self._drag: int | None = None
        self.tree = ttk.Treeview(
            self, style="Genesis.Treeview", columns=[c.id for c in columns], show="tree headings", selectmode="none"
        )
        self._bar = tkinter.Canvas(self, highlightthickness=0, borderwidth=0, takefocus=0)
        self.tree.place(x=0, y=0, relwidth=1, relheight=1)
        self._listen()
        self.restyle()

    def _listen(self) -> None:
        here, tree = self, self.tree
        keys: dict[str, Callable[[], object]] = {
            "<Up>": lambda: here.mark(here.marked - 1),
            "<Down>": lambda: here.mark(here.marked + 1),
            "<Prior>": lambda: here.mark(here.marked - here.slots),
            "<Next>": lambda: here.mark(here.marked + here.slots),
            "<Home>": lambda: here.mark(0),
            "<End>": lambda: here.mark(here._source.count() - 1),
            "<Return>": lambda: here._on_open(here.marked),
            "<KP_Enter>": lambda: here._on_open(here.marked),
            "<Button-4>": lambda: here.scroll(-3),
            "<Button-5>": lambda: here.scroll(3),
        }
        for sequence, run in keys.items():
            tree.bind(sequence, partial(_alone, run))
        tree.bind("<MouseWheel>", lambda event: here.scroll(-round(event.delta / 40)))
        tree.bind("<ButtonPress-1>", self._press)
        tree.bind("<B1-Motion>", self._motion)
        tree.bind("<ButtonRelease-1>", self._release)
        tree.bind("<Double-ButtonRelease-1>", lambda _e: here._on_open(here.marked))
        self._bar.bind("<ButtonPress-1>", self._jump)
        self._bar.bind("<B1-Motion>", self._jump)
        self.bind("<Configure>", lambda _e: self._resize())

    # What is shown -----------------------------------------------------------------------------------------

    def restyle(self) -> None:
        """Take over theme and scale."""
        px, c = self.kit.px, self.kit.theme.color
        self._row, self._head = px(48), px(40)
        for column in self._columns:
            self.tree.heading(
                column.id, text=safe_text(column.title), anchor=column.anchor,
                command=(lambda i=column.id: self._sorted(i)) if column.sortable else "",
            )  # fmt: skip
            self.tree.column(
                column.id, width=px(column.width), minwidth=px(40), stretch=column.grow, anchor=column.anchor
            )
        self.tree.column("#0", width=px(48), minwidth=px(48), stretch=False, anchor="center")
        self.tree.tag_configure("marked", background=c.primary_soft)
        self.tree.tag_configure("plain", background=c.surface)
        self.configure(background=c.surface)
        self._bar.configure(background=c.surface)
        self._resize()

    def _resize(self) -> None:
        slots = max((self.winfo_height() - self._head) // self._row, 1)
        if slots != self.slots:
            self.slots = slots
            held = list(self.tree.get_children())
            self.tree.delete(*held[slots:])
            for number in range(len(held), slots):
                self.tree.insert("", "end", str(number))
        self.reload()

    def reload(self) -> None:
        """Read the rows in sight again: one call of the source, whatever its size."""
        count = self._source.count()
        self.marked = min(max(self.marked, 0), max(count - 1, 0))
        self.top = min(max(self.top, 0), max(count - self.slots, 0))
        self.shown = list(self._source.rows(self.top, self.slots))
        for slot, item in enumerate(self.tree.get_children()):
            row = self.shown[slot] if slot < len(self.shown) else Row("", ("",) * len(self._columns))
            self._fill(item, row, marked=bool(row.key) and self.top + slot == self.marked)
        self._draw_bar(count)

    def _fill(self, item: str, row: Row, *, marked: bool) -> None:
        theme = self.kit.theme
        under = theme.color.primary_soft if marked else theme.color.surface
        picture = self.kit.icon(row.icon, 20, theme.tone(row.tone)[0], under) if row.icon else None
        self._pictures[item] = picture  # Tk shows nothing once the picture is collected
        texts = [safe_text(text) for text in row.texts]
        self.tree.item(item, values=texts, image=str(picture or ""), tags=("marked" if marked else "plain",))

    def _draw_bar(self, count: int) -> None:
        px = self.kit.px
        self._bar.delete("all")
        if count <= self.slots:
            self._bar.place_forget()
            return
        height = self.winfo_height() - self._head
        self._bar.place(relx=1, x=-px(10), y=self._head, width=px(10), height=height)
        size = max(height * self.slots // count, px(28))
        y = (height - size) * self.top // max(count - self.slots, 1)
        self._bar.create_rectangle(px(3), y, px(7), y + size, fill=self.kit.theme.color.border, width=0)

    # Moving ------------------------------------------------------------------------------------------------

    def mark(self, number: int) -> None:
        """Mark a row and bring it into sight."""
        count = self._source.count()
        if not count:
            return
        self.marked = min(max(number, 0), count - 1)
        if self.marked < self.top:
            self.top = self.marked
        elif self.marked >= self.top + self.slots:
            self.top = self.marked - self.slots + 1
        self.reload()
        self._on_mark(self.marked)

    def scroll(self, rows: int) -> None:
        """Move the window of rows."""
        self.top += rows
        self.reload()

    def _sorted(self, column: str) -> None:
        self._sort = (column, self._sort[0] == column and not self._sort[1])
        if self._on_sort is not None:
            self._on_sort(*self._sort)
        self.top = 0
        self.reload()

    def _press(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self._drag = event.y
        self.tree.focus_set()

    def _motion(self, event: tkinter.Event[tkinter.Misc]) -> str:
        if self._drag is not None and abs(event.y - self._drag) >= self._row:
            self.scroll((self._drag - event.y) // self._row)
            self._drag = event.y
        return "break"

    def _release(self, event: tkinter.Event[tkinter.Misc]) -> None:
        item = self.tree.identify_row(event.y)
        if item and self._drag is not None and abs(event.y - self._drag) < self._row and int(item) < len(self.shown):
            self.mark(self.top + int(item))
        self._drag = None

    def _jump(self, event: tkinter.Event[tkinter.Misc]) -> None:
        height = max(self.winfo_height() - self._head, 1)
        self.top = round(event.y / height * self._source.count() - self.slots / 2)
        self.reload()


def _alone(run: Callable[[], object], _event: tkinter.Event[tkinter.Misc]) -> str:
    """Run a key of the table and keep the Treeview's own meaning of it away."""
    run()
    return "break"
