"""The drawer of a page: a row in full, with what was filled in and not saved yet."""

from __future__ import annotations

from genesis.hooks.pages import Drawer
from genesis.shell.told import told_in
from genesis.shell.vm.form import Form


class DrawerState:
    """row: the id it was opened for, "" for a new one; scroll: dp by which its sections are moved up."""

    def __init__(self, row: str, drawer: Drawer, currency: str) -> None:
        self.row, self.drawer = row, told_in(drawer)
        fields = [field for section in self.drawer.sections for field in section.fields]
        self.form = Form(fields, drawer.values, currency)
        self.scroll = 0.0
