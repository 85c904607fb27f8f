"""Plugs monitors into an X server and takes them out again, as RandR 1.5 does it."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_ulong, c_void_p


class _Monitor(Structure):
    _fields_ = (
        ("name", c_ulong), ("primary", c_int), ("automatic", c_int), ("noutput", c_int), ("x", c_int), ("y", c_int),
        ("width", c_int), ("height", c_int), ("mwidth", c_int), ("mheight", c_int), ("outputs", POINTER(c_ulong)),
    )  # fmt: skip


class Monitors:
    """The monitors of a display; the one the server has itself makes room for the first that is plugged in."""

    def __init__(self, display: str) -> None:
        self._x, self._randr = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXrandr.so.2")
        self._x.XOpenDisplay.restype, self._x.XOpenDisplay.argtypes = c_void_p, [c_char_p]
        self._x.XDefaultRootWindow.restype, self._x.XDefaultRootWindow.argtypes = c_ulong, [c_void_p]
        self._x.XInternAtom.restype, self._x.XInternAtom.argtypes = c_ulong, [c_void_p, c_char_p, c_int]
        self._x.XSync.argtypes, self._x.XCloseDisplay.argtypes = [c_void_p, c_int], [c_void_p]
        self._randr.XRRGetMonitors.restype = POINTER(_Monitor)
        self._randr.XRRGetMonitors.argtypes = [c_void_p, c_ulong, c_int, POINTER(c_int)]
        self._randr.XRRSetMonitor.argtypes = [c_void_p, c_ulong, POINTER(_Monitor)]
        self._randr.XRRDeleteMonitor.argtypes = [c_void_p, c_ulong, c_ulong]
        self._server = self._x.XOpenDisplay(display.encode())
        assert self._server
        self._root = self._x.XDefaultRootWindow(self._server)
        self._plugged: list[str] = []

    def plug(self, name: str, x: int, y: int, width: int, height: int) -> None:
        count, outputs = c_int(), None
        found = self._randr.XRRGetMonitors(self._server, self._root, 1, byref(count))
        if not self._plugged:
            outputs = found[0].outputs  # a real output, whose own monitor is hidden by this one
        monitor = _Monitor(self._atom(name), 0, 0, 1 if outputs else 0, x, y, width, height, 300, 200, outputs)
        self._randr.XRRSetMonitor(self._server, self._root, byref(monitor))
        self._x.XSync(self._server, 0)
        self._plugged.append(name)

    def unplug(self, name: str) -> None:
        self._randr.XRRDeleteMonitor(self._server, self._root, self._atom(name))
        self._x.XSync(self._server, 0)
        self._plugged.remove(name)

    def close(self) -> None:
        for name in [*self._plugged]:
            self.unplug(name)
        self._x.XCloseDisplay(self._server)

    def _atom(self, name: str) -> int:
        return int(self._x.XInternAtom(self._server, name.encode(), 0))
