"""The page of likely duplicates: pairs with the reason, and a button to merge either way."""

from __future__ import annotations

from genesis import Act, Cell, Column, Done, ListPage, PageAction, PageRow, Pos, Query, Rows, many
from genesis_duplicates.finding import Pair, find
from genesis_duplicates.merging import merge


class Pairs:
    """What was found last, for as long as the page is there: looking through a large catalogue takes seconds."""

    def __init__(self) -> None:
        self._found: list[Pair] | None = None

    def rows(self, pos: Pos, query: Query) -> Rows:
        """Answer a query."""
        if self._found is None:
            self._found = find(pos)
        words = query.text.casefold().split()
        matching = [pair for pair in self._found
                    if all(word in f"{pair.one[1]} {pair.other[1]}".casefold() for word in words)]  # fmt: skip
        shown = matching[query.offset : query.offset + query.limit]
        return Rows(rows=tuple(_row(pair) for pair in shown), total=len(matching))

    def again(self, pos: Pos, act: Act) -> Done:
        """Look through the catalogue again."""
        self._found = find(pos)
        return Done(text=many("{count} pair found", "{count} pairs found", len(self._found)))

    def keep_first(self, pos: Pos, act: Act) -> Done:
        """Keep the older product."""
        one, _, other = act.rows[0].partition("+")
        return self._merged(pos, one, other)

    def keep_second(self, pos: Pos, act: Act) -> Done:
        """Keep the newer product."""
        one, _, other = act.rows[0].partition("+")
        return self._merged(pos, other, one)

    def _merged(self, pos: Pos, keep: str, gone: str) -> Done:
        text = merge(pos, keep, gone)
        self._found = [pair for pair in self._found or () if gone not in {pair.one[0], pair.other[0]}]
        return Done(text=text)


def _row(pair: Pair) -> PageRow:
    return PageRow(id=f"{pair.one[0]}+{pair.other[0]}", icon="copy", cells=(
        Cell(text=pair.one[1], small=pair.one[2]), Cell(text=pair.other[1], small=pair.other[2]),
        pair.why, Cell(text=f"{pair.score} %", tone="warn" if pair.score >= 90 else "info"),
    ))  # fmt: skip


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    pairs = Pairs()
    sure = "Codes and stock move to the product that is kept; the other one is retired. Past sales stay as they are."
    return ListPage(
        columns=(Column(id="one", title="First", wide=True), Column(id="other", title="Second", wide=True),
                 Column(id="why", title="Why", wide=True), Column(id="likely", title="Likely", kind="badge")),
        rows=pairs.rows,
        hint="Name",
        actions=(
            PageAction(id="again", title="Look again", icon="refresh-cw", permission="catalog.edit", run=pairs.again,
                       long=True),
            PageAction(id="first", title="Keep the first", icon="merge", permission="records.import", on="row",
                       run=pairs.keep_first, sure=sure),
            PageAction(id="second", title="Keep the second", icon="merge", permission="records.import", on="row",
                       run=pairs.keep_second, sure=sure),
        ),
        empty="No two products look the same",
    )  # fmt: skip
