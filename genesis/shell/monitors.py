"""Which monitors there are: asked of the X server (RandR 1.5), as Tk knows only one screen."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import NamedTuple


class Monitor(NamedTuple):
    """A monitor's place on the desktop, in pixels."""

    x: int
    y: int
    w: int
    h: int

    def holds(self, x: int, y: int) -> bool:
        """Tell whether a point is on it."""
        return self.x <= x < self.x + self.w and self.y <= y < self.y + self.h


class _Info(ctypes.Structure):
    """XRRMonitorInfo."""

    _fields_ = (
        ("name", ctypes.c_ulong), ("primary", ctypes.c_int), ("automatic", ctypes.c_int), ("outputs", ctypes.c_int),
        ("x", ctypes.c_int), ("y", ctypes.c_int), ("width", ctypes.c_int), ("height", ctypes.c_int),
        ("mm_width", ctypes.c_int), ("mm_height", ctypes.c_int), ("output", ctypes.c_void_p),
    )  # fmt: skip


def monitors(display: str) -> list[Monitor]:
    """Return the monitors of a display (":0"); none where they cannot be asked: no X, or an old one."""
    found: list[Monitor] = []
    if sys.platform not in {"win32", "darwin"}:
        with suppress(OSError, AttributeError):
            found = _ask(display.encode())
    return found


def _ask(display: bytes) -> list[Monitor]:
    x11, randr = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXrandr.so.2")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XDefaultRootWindow.argtypes = x11.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    randr.XRRGetMonitors.restype = ctypes.POINTER(_Info)
    randr.XRRGetMonitors.argtypes = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.POINTER(ctypes.c_int))
    randr.XRRFreeMonitors.argtypes = (ctypes.c_void_p,)
    server = x11.XOpenDisplay(display)
    if not server:
        return []
    try:
        count = ctypes.c_int()
        infos = randr.XRRGetMonitors(server, x11.XDefaultRootWindow(server), 1, ctypes.byref(count))
        if not infos:
            return []
        found = [Monitor(info.x, info.y, info.width, info.height) for info in infos[: max(count.value, 0)]]
        randr.XRRFreeMonitors(infos)
        return found
    finally:
        x11.XCloseDisplay(server)


def second(found: list[Monitor], x: int, y: int) -> Monitor | None:
    """Return the monitor beside the one with a point (the till's window), None where there is no other."""
    own = next((monitor for monitor in found if monitor.holds(x, y)), None)
    others = [m for m in found if own is not None and not (m.holds(x, y) or m.holds(own.x, own.y))]
    return others[0] if others else None
