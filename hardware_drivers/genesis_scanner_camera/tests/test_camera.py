"""A camera: a real HTTP server that streams as network cameras do, files as camera tools write them, and what is shown."""

from __future__ import annotations

import http.server
import io
import queue
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import barcode
import pytest
from barcode.writer import ImageWriter
from hypothesis import given, strategies as st

from genesis import DeviceDriver, Presence
from genesis_scanner_camera.frames import FrameCutter, MjpegFrames, source_of
from genesis_scanner_camera.service import CameraScanner

LONG = 20  # seconds after which a test gives up; nothing waits so long when all is well
PEN, CUP = "4006381333931", "9521234543213"
FRAME = b"\xff\xd8\xff\xe0" + bytes(range(200)) + b"\xff\xd9"


def picture(code: str = "", kind: str = "JPEG") -> bytes:
    """Return a frame that shows a code, or an empty counter; drawn by what shares nothing with the reader."""
    drawn, file = io.BytesIO(), io.BytesIO()
    barcode.get("ean13", code or PEN, writer=ImageWriter()).write(drawn, {"write_text": False})
    from PIL import Image

    image = Image.open(drawn).convert("L")
    (image if code else Image.new("L", image.size, 240)).save(file, kind)
    return file.getvalue()


class Camera(http.server.ThreadingHTTPServer):
    """A network camera on loopback: sends `shown` over and over."""

    daemon_threads = True

    def __init__(self) -> None:
        self.shown, self.sized, self.gone = picture(), True, threading.Event()
        self.asked: list[tuple[str, str | None]] = []
        self.kind = "multipart/x-mixed-replace; boundary=frame"
        super().__init__(("127.0.0.1", 0), Sender)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server_port}/video?size=big"


class Sender(http.server.BaseHTTPRequestHandler):
    server: Camera

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        if self.path.startswith("/private") and not self.headers.get("Authorization"):
            self.send_error(401)
            return
        self.send_response(200)
        self.send_header("Content-Type", self.server.kind)
        self.end_headers()
        try:
            while not self.server.gone.wait(0.02):
                frame = self.server.shown
                size = f"Content-Length: {len(frame)}\r\n" if self.server.sized else ""
                self.wfile.write(f"--frame\r\nContent-Type: image/jpeg\r\n{size}\r\n".encode() + frame + b"\r\n")
        except OSError:
            return

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def camera() -> Iterator[Camera]:
    camera = Camera()
    yield camera
    camera.gone.set()
    camera.shutdown()
    camera.server_close()


class Ear:
    """Listens to the camera in a thread, as the device desk does."""

    def __init__(self, place: str, now: Any = None) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.stop = threading.Event()
        self.scanner = CameraScanner(source_of(place), **({"now": now} if now else {}))
        self.scanner.open()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        self.scanner.listen(self.codes.put, self.stop)

    def heard(self) -> str:
        return self.codes.get(timeout=LONG)

    def end(self) -> None:
        self.stop.set()
        self._thread.join(LONG)
        assert not self._thread.is_alive()
        self.scanner.close()


@pytest.mark.parametrize("sized", [True, False])
def test_a_network_camera_gives_each_code_once_while_it_is_shown(camera, sized):
    camera.sized, camera.shown = sized, picture(PEN)
    ear = Ear(camera.address)
    assert ear.heard() == PEN
    camera.shown = picture(CUP)  # it came after many more frames of the first
    assert ear.heard() == CUP
    ear.end()
    assert ear.codes.empty()
    assert camera.asked == [("/video?size=big", None)]


def test_through_the_desk_codes_reach_who_listens_and_a_camera_that_went_comes_back(store, camera):
    app = store("barcodes", "scanner_camera", projector="thread")
    codes: queue.Queue[str] = queue.Queue()
    app.settings.change("scanner_camera", {"source": camera.address})
    camera.shown = picture(PEN)
    app.restart()
    app.pos.devices.on_code(codes.put)
    while True:  # the first frame may have been read before anybody listened
        try:
            assert codes.get(timeout=3) == PEN
        except queue.Empty:
            camera.shown = picture(CUP)
            assert codes.get(timeout=LONG) == CUP
        break
    camera.gone.set()
    device = app.pos.devices._devices["scanner_camera"]
    while device.known.faults == 0:
        device._stop.wait(0.01)
    assert not app.pos.devices.test("scanner_camera").ok
    camera.shown = picture("5901234123457")
    camera.gone.clear()
    assert codes.get(timeout=LONG) == "5901234123457"


def test_files_that_appear_are_read_once_each_and_what_was_there_is_forgotten(tmp_path):
    (tmp_path / "old.jpg").write_bytes(picture("5901234123457"))
    ear = Ear(str(tmp_path))
    (tmp_path / "notes.txt").write_bytes(picture("5901234123457"))
    (tmp_path / "half.jpg").write_bytes(picture(CUP)[:900])
    (tmp_path / "1.png").write_bytes(picture(PEN, "PNG"))
    assert ear.heard() == PEN
    (tmp_path / "half.jpg").write_bytes(picture(CUP))  # the tool has finished
    assert ear.heard() == CUP
    ear.end()
    assert ear.codes.empty()
    assert ear.scanner.unreadable == 1


def test_one_file_written_again_and_again_is_a_camera_too(tmp_path):
    file = tmp_path / "frame.jpg"
    file.write_bytes(picture())
    ear = Ear(str(file))
    for code in (PEN, CUP):
        (tmp_path / "next").write_bytes(picture(code))
        (tmp_path / "next").replace(file)
        assert ear.heard() == code
    ear.end()


def test_a_code_is_new_when_it_was_away_for_two_seconds():
    now = [100.0]
    shown = Presence(now=lambda: now[0])
    given = []
    for at in (0, 0.5, 1.9, 3.8, 5.7, 7.6, 9.6, 9.7, 11.6, 30):  # away for two seconds before 9.6 and 30 only
        now[0] = 100 + at
        given += [at] if shown.begins(PEN) else []
        assert shown.begins(f"another at {at}")
    assert given == [0, 9.6, 30]


class Frames:
    """A source of frames as a test or another plugin may write one."""

    def __init__(self, *frames: bytes) -> None:
        self._frames = frames

    def open(self) -> None: ...

    def close(self) -> None: ...

    def frames(self, stop: threading.Event) -> Iterator[bytes]:
        yield from self._frames


def test_any_source_of_frames_will_do_and_junk_is_counted():
    scanner = CameraScanner(Frames(picture(PEN), b"", b"\xff\xd8junk", picture(PEN), picture(), picture(CUP)))
    codes: list[str] = []
    assert isinstance(scanner, DeviceDriver)
    scanner.listen(codes.append, threading.Event())
    assert (codes, scanner.status().text) == ([PEN, CUP], "2 unreadable frames")


@pytest.mark.parametrize(
    ("kind", "path", "said"),
    [
        ("text/html", "/video", "no MJPEG stream at this address"),
        ("multipart/x-mixed-replace", "/private", "refuses: 401"),
    ],
)
def test_what_is_no_stream_is_said(camera, kind, path, said):
    camera.kind = kind
    with pytest.raises(ConnectionError, match=said):
        MjpegFrames(camera.address.replace("/video", path)).open()


def test_a_camera_may_ask_for_a_name_and_password(camera):
    camera.shown = picture(PEN)
    ear = Ear(camera.address.replace("http://", "http://till:s%40fe@").replace("/video", "/private"))
    assert ear.heard() == PEN
    ear.end()
    assert camera.asked == [("/private?size=big", "Basic dGlsbDpzQGZl")]  # till:s@fe


def test_a_camera_or_folder_that_is_not_there_is_said(tmp_path, camera):
    with pytest.raises(FileNotFoundError, match="there is no folder or file"):
        source_of(str(tmp_path / "none")).open()
    with pytest.raises(ConnectionRefusedError):
        source_of("http://127.0.0.1:9/").open()


@given(
    junk=st.binary(max_size=50).filter(lambda b: b"\xff" not in b),
    cuts=st.lists(st.integers(1, 400), max_size=8),
    sized=st.booleans(),
)
def test_cut_anywhere_the_frames_are_the_same(junk, cuts, sized):
    size = f"content-length:{len(FRAME)}\r\n".encode() if sized else b""
    stream = junk + (b"\r\n--b\r\n" + size + b"\r\n" + FRAME) * 3 + b"\r\n--b--"
    cutter, got, at = FrameCutter(), [], 0
    for cut in [*cuts, len(stream)]:
        got += cutter.feed(stream[at : at + cut])
        at += cut
    assert got == [FRAME] * 3


@pytest.mark.parametrize("flood", [b"x" * 70_000, FRAME[:-2] + b"x" * 9_000_000])
def test_a_stream_without_end_is_refused_before_it_fills_the_memory(flood):
    cutter = FrameCutter()
    with pytest.raises(ConnectionError):
        for at in range(0, len(flood), 65_536):
            cutter.feed(flood[at : at + 65_536])


def test_the_commands_of_the_readme_are_taken(store):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^genesis settings scanner_camera (\w+)=(\S+)$", readme, re.MULTILINE)
    assert [name for name, _ in shown] == ["source", "source"]
    app = store("barcodes", "scanner_camera")
    for name, value in shown:
        app.settings.change("scanner_camera", {name: value})
