"""The screen of the price list."""

from tkinter import ttk


def build(parent, pos):
    """Return a label."""
    return ttk.Label(parent, text="Prices")
