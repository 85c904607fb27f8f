"""A theme to import into, the command, and a server that speaks as Figma does."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from genesis.cli.main import main

TOKEN = "figd_0123456789"


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """The folder of a theme without screens."""
    folder = tmp_path / "theme"
    folder.mkdir()
    (folder / "theme.json").write_text(json.dumps({"name": "Mine", "color": {"primary": "#14532D"}}))
    return folder


@pytest.fixture
def bring(theme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`bring(node or address, *options)`: run the command; returns its exit code and what it printed and complained."""

    def run(source: Any, *options: str) -> tuple[int, str, str]:
        if not isinstance(source, str):
            path = tmp_path / "file.json"
            path.write_text(source.decode() if isinstance(source, bytes) else json.dumps(source))
            source = str(path)
        code = main(["--home", str(tmp_path / "none"), "design", "import", source, "--theme", str(theme), *options])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def screen(theme: Path, name: str = "payment") -> dict[str, Any]:
    """Return a screen that was written."""
    found: dict[str, Any] = json.loads((theme / "screens" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def items(theme: Path, name: str = "payment", layout: int = 0) -> dict[str, dict[str, Any]]:
    """Return the named things of a layout by their names."""
    return {item["id"]: item for item in screen(theme, name)["layouts"][layout]["items"] if "id" in item}


class FigmaServer:
    """Answers `GET /v1/files/KEY` and `GET /v1/images/KEY?ids=...` as the interface's documentation says.

    files: key -> what is answered; answers: path -> (status, headers) instead; asked: (path, token) of each request.
    """

    def __init__(self) -> None:
        self.files: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.picture = io.BytesIO()
        Image.new("RGB", (128, 64), "#AA3300").save(self.picture, "PNG")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, args=[0.01], daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        token = request.headers.get("X-Figma-Token")
        self.asked.append((request.path, token))
        url = urlsplit(request.path)
        status, body = 200, b""
        headers: dict[str, str] = {}
        if url.path in self.answers:
            status, headers = self.answers[url.path]
        elif url.path.startswith("/drawn/"):
            body = self.picture.getvalue()
        elif token != TOKEN:
            status, body = 403, json.dumps({"status": 403, "err": "Invalid token"}).encode()
        elif url.path.startswith("/v1/images/"):
            ids = parse_qs(url.query)["ids"][0].split(",")
            body = json.dumps({"err": None, "images": {i: f"{self.address}/drawn/{i}.png" for i in ids}}).encode()
        elif url.path.removeprefix("/v1/files/") in self.files:
            body = json.dumps(self.files[url.path.removeprefix("/v1/files/")]).encode()
        else:
            status, body = 404, json.dumps({"status": 404, "err": "Not found"}).encode()
        request.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture
def figma() -> Iterator[FigmaServer]:
    server = FigmaServer()
    yield server
    server.server.shutdown()
    server.server.server_close()
    server.thread.join(10)
