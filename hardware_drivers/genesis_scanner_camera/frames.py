"""Where frames come from: whatever hands over pictures as bytes will do, a network camera or files of any tool."""

from __future__ import annotations

import http.client
import re
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

LOOK = 0.1  # seconds between two looks at a folder
PATIENCE = 5.0  # seconds without a byte after which a network camera is gone
MOST_FRAME = 8 * 1024 * 1024  # bytes
MOST_HEAD = 64 * 1024  # bytes between two frames
REST = 0.1  # seconds between two frames of a stream that are used: the till needs the processor too
NEWEST = 20  # files taken at one look; what is older than these is past
PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".webp"}
SIZE = re.compile(rb"^content-length:[ \t]*([0-9]{1,8})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
START, END = b"\xff\xd8", b"\xff\xd9"  # of a JPEG


class FrameSource(Protocol):
    """Hands over frames; open and frames raise where the camera is gone."""

    def open(self) -> None:
        """Connect; what was taken before is forgotten, as nobody knows for which sale it was."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...

    def frames(self, stop: threading.Event) -> Iterator[bytes]:
        """Yield each frame as a PNG or JPEG until told to stop."""
        ...


def source_of(place: str) -> FrameSource:
    """Return the frames of an address, a folder or a file."""
    if place.startswith(("http://", "https://")):
        return MjpegFrames(place)
    return FileFrames(Path(place))


class FileFrames:
    """The pictures that appear in a folder, or one file that is written again and again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[Path, tuple[int, int]] = {}

    def open(self) -> None:
        """Remember what is there already."""
        if not self._path.exists():
            raise FileNotFoundError(f"there is no folder or file {self._path}")
        self._seen = dict(self._found())

    def close(self) -> None:
        """Nothing is held."""

    def frames(self, stop: threading.Event) -> Iterator[bytes]:
        """Yield what is new or has changed, oldest first; raise where the folder is gone."""
        while not stop.wait(LOOK):
            found = self._found()
            new = [path for path, state in found if self._seen.get(path) != state]
            self._seen = dict(found)
            for path in new[-NEWEST:]:
                try:
                    with path.open("rb") as file:
                        data = file.read(MOST_FRAME + 1)
                except FileNotFoundError:
                    continue  # a tool that keeps the last few has just taken it away
                if len(data) <= MOST_FRAME:
                    yield data

    def _found(self) -> list[tuple[Path, tuple[int, int]]]:
        """Return the pictures and when they were written, oldest first."""
        single = not self._path.is_dir()
        files = [self._path] if single else [p for p in self._path.iterdir() if p.suffix.lower() in PICTURES]
        states = []
        for path in files:
            try:
                state = path.stat()
            except FileNotFoundError:
                continue
            states.append((path, (state.st_mtime_ns, state.st_size)))
        return sorted(states, key=lambda one: one[1])


class MjpegFrames:
    """A network camera that sends one JPEG after another (multipart/x-mixed-replace)."""

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address)
        self._link: http.client.HTTPConnection | None = None
        self._answer: http.client.HTTPResponse | None = None

    def open(self) -> None:
        """Ask for the stream; ConnectionError says what the camera answered instead."""
        place = self._address
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        self._link = kind(place.hostname or "", place.port, timeout=PATIENCE)
        path = (place.path or "/") + (f"?{place.query}" if place.query else "")
        try:
            self._link.request("GET", path, headers=self._sign_in())
            self._answer = self._link.getresponse()
        except ssl.SSLError as error:
            raise ConnectionError(f"the certificate of the camera is not trusted: {error.reason}") from error
        except http.client.HTTPException as error:
            raise ConnectionError("what answers there is no network camera") from error
        if self._answer.status != http.client.OK:
            raise ConnectionError(f"the camera refuses: {self._answer.status} {self._answer.reason}")
        if not self._answer.headers.get_content_type().startswith(("multipart/", "image/jpeg")):
            raise ConnectionError("there is no MJPEG stream at this address")

    def _sign_in(self) -> dict[str, str]:
        place = self._address
        if not place.username:
            return {}
        both = f"{unquote(place.username)}:{unquote(place.password or '')}"
        return {"Authorization": "Basic " + b64encode(both.encode()).decode()}

    def close(self) -> None:
        """Hang up."""
        for held in (self._answer, self._link):
            if held is not None:
                held.close()
        self._answer = self._link = None

    def frames(self, stop: threading.Event) -> Iterator[bytes]:
        """Yield the newest frame every now and then; raise where the camera hangs up or falls silent."""
        if self._answer is None:
            raise ConnectionError("not connected")
        cutter, ready = FrameCutter(), 0.0
        while not stop.is_set():
            try:
                data = self._answer.read1(65_536)
            except TimeoutError:
                raise ConnectionError(f"the camera sent nothing for {PATIENCE:.0f} seconds") from None
            except (http.client.HTTPException, ValueError) as error:
                raise ConnectionError("the camera sent what is no stream") from error
            if not data:
                raise ConnectionError("the camera hung up")
            frames = cutter.feed(data)
            if frames and time.monotonic() >= ready:
                yield frames[-1]
                ready = time.monotonic() + REST


class FrameCutter:
    """Cuts a multipart stream into JPEGs: by the length its headers give, else by the marks of a JPEG."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Return the frames that are complete now; ConnectionError where none can come of it any more."""
        self._held += data
        found = []
        while (frame := self._next()) is not None:
            found.append(frame)
        if len(self._held) > MOST_FRAME + MOST_HEAD:
            raise ConnectionError("the camera sends frames that are too large")
        return found

    def _next(self) -> bytes | None:
        start = self._held.find(START)
        if start < 0:
            if len(self._held) > MOST_HEAD:
                raise ConnectionError("the camera sends no JPEG")
            return None
        size = SIZE.search(self._held[:start])
        if size:
            end = start + int(size[1])
        else:
            mark = self._held.find(END + b"\r\n--", start)  # alone, the mark also stands in thumbnails
            end = mark + len(END) if mark >= 0 else len(self._held) + 1
        if end > len(self._held):
            return None
        frame = bytes(self._held[start:end])
        del self._held[:end]
        return frame
