"""What a widget shows on the screen, as a picture: how a page that the kit does not draw is seen through the veil."""

from __future__ import annotations

import sys
import tkinter

from PIL import Image, ImageGrab


def seen(widget: tkinter.Misc) -> Image.Image | None:
    """Return the widget as it is on the screen now; None where the system does not say (or asks its user first)."""
    if sys.platform == "darwin" or not widget.winfo_viewable():
        return None
    x, y, wide, high = widget.winfo_rootx(), widget.winfo_rooty(), widget.winfo_width(), widget.winfo_height()
    display = None if sys.platform == "win32" else widget.winfo_screen()
    try:
        return ImageGrab.grab((x, y, x + wide, y + high), xdisplay=display)
    except (OSError, ValueError):
        return None
