"""Help: the manual and what every enabled plugin says of itself, searched as you type, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.docs import book
from genesis.hooks.pages import Cell, Column, Drawer, ListPage, PageRow, Query, Rows, Section
from genesis.kernel.errors import UserError
from genesis.shell.words import Verbatim, _

if TYPE_CHECKING:
    from genesis.plugin.house import House


def page(_pos: House) -> ListPage:
    """Return the page."""
    columns = (Column(id="topic", title=_("Topic"), wide=True), Column(id="page", title=_("Page"), wide=True))
    return ListPage(columns=columns, rows=find, hint=_("What is it about?"), drawer=drawer, empty=_("Nothing found"))


def _topics(pos: House) -> list[book.Topic]:
    return book.topics({plugin: found.folder for plugin, found in pos.app.found.items() if plugin in pos.app.enabled})


def find(pos: House, query: Query) -> Rows:
    """Return the topics that have every typed word."""
    found = book.search(_topics(pos), query.text)
    rows = found[query.offset : query.offset + query.limit]
    return Rows(rows=tuple(_row(topic) for topic in rows), total=len(found))


def _row(topic: book.Topic) -> PageRow:
    title, page, first = map(Verbatim, (topic.title, topic.page, topic.text.partition("\n")[0].strip()))
    return PageRow(id=topic.id, cells=(Cell(text=title, small=first), page), icon="book-open")


def drawer(pos: House, chosen: str) -> Drawer:
    """Return a topic to read."""
    topic = next((topic for topic in _topics(pos) if topic.id == chosen), None)
    if topic is None:
        raise UserError(_("This topic is gone"), _("Look at the list again"), "topic")
    title, page, text = map(Verbatim, (topic.title, topic.page, topic.text))
    return Drawer(title=title, small="" if page == title else page, sections=(Section(text=text),))
