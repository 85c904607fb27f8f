"""Where a design comes from: a file, or Figma's interface, with its pictures."""

from __future__ import annotations

import io
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol

from genesis.kernel.errors import UserError

FIGMA = "https://api.figma.com/v1"
LINK = re.compile(r"/(?:file|design)/([A-Za-z0-9]{1,64})(?:/.*)?")
LARGEST = 20_000_000  # bytes of a file or a picture
SIDE = 4_096  # pixels of a picture
WAIT = 30  # s for each answer
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
SAYS = {
    401: ("Figma does not know the token", "make a token in Figma's settings and give it with --token"),
    403: ("Figma refuses the token for this file", "ask for access to the file, or make a token that may read files"),
    404: ("Figma has no such file", "copy the address of the file again"),
    429: ("Figma asks to slow down", "try again in a minute"),
}


class Source(Protocol):
    """What a design is read from."""

    def document(self) -> bytes:
        """Return the file as Figma's interface gives it."""

    def pictures(self, wanted: Mapping[str, str]) -> dict[str, bytes]:
        """Return file -> PNG for the wanted layers (layer id -> file)."""


def open_source(place: str, token: str) -> Source:
    """Return the source behind a path or an address; raises UserError where it is neither."""
    address = urllib.parse.urlsplit(place)
    if address.scheme not in {"http", "https"}:
        return LocalFile(Path(place))
    key = LINK.fullmatch(address.path)
    if key is None:
        raise UserError(f"{place} is no address of a Figma file", "it looks like https://www.figma.com/design/KEY/NAME")
    if address.hostname in LOOPBACK:
        return Figma(f"{address.scheme}://{address.netloc}/v1", key[1], token)
    if address.scheme != "https" or address.hostname not in {"figma.com", "www.figma.com"}:
        raise UserError(f"{address.hostname} is not Figma", "the token is only given to figma.com", "source")
    return Figma(FIGMA, key[1], token)


class LocalFile:
    """A file on the disk; pictures lie in `assets` beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def document(self) -> bytes:
        """Read the file."""
        try:
            if self._path.stat().st_size > LARGEST:
                raise UserError(
                    f"{self._path} is larger than {LARGEST // 1_000_000} MB", "leave pictures out", "source"
                )
            return self._path.read_bytes()
        except OSError as wrong:
            raise UserError(f"{self._path} cannot be read ({wrong.strerror})", "name a file", "source") from None

    def pictures(self, wanted: Mapping[str, str]) -> dict[str, bytes]:
        """Read the pictures."""
        folder, found = self._path.parent / "assets", {}
        for name in sorted(set(wanted.values())):
            try:
                found[name] = as_png((folder / name).read_bytes(), name)
            except OSError:
                remedy = f"put it into {folder}, or import from the address of the file"
                raise UserError(f"the picture {name} is missing", remedy, "source") from None
        return found


class Figma:
    """A file behind Figma's interface."""

    def __init__(self, api: str, key: str, token: str) -> None:
        if not token:
            remedy = "give it with --token, or in the variable FIGMA_TOKEN"
            raise UserError("Figma wants a token to read a file", remedy, "token")
        if not re.fullmatch(r"[\x21-\x7e]{1,300}", token):
            raise UserError("this is no token of Figma", "copy it again from Figma's settings", "token")
        self._api, self._key, self._token = api, key, token

    def document(self) -> bytes:
        """Fetch the file."""
        return fetch(f"{self._api}/files/{self._key}", self._token)

    def pictures(self, wanted: Mapping[str, str]) -> dict[str, bytes]:
        """Let Figma draw the layers at twice their size, and fetch them."""
        if not wanted:
            return {}
        ids = urllib.parse.quote(",".join(wanted), safe=",")
        answer = fetch(f"{self._api}/images/{self._key}?ids={ids}&scale=2&format=png", self._token)
        try:
            images: dict[str, Any] = json.loads(answer)["images"]
            places = {name: str(images[layer]) for layer, name in wanted.items()}
        except (ValueError, KeyError, TypeError):
            raise UserError("Figma did not draw every picture of the file", "try again later", "source") from None
        return {name: as_png(fetch(self._safe(place)), name) for name, place in places.items()}

    def _safe(self, place: str) -> str:
        """Pictures come over a safe connection, or from this machine where the file does too."""
        address = urllib.parse.urlsplit(place)
        here = urllib.parse.urlsplit(self._api).hostname in LOOPBACK and address.hostname in LOOPBACK
        if address.scheme == "https" or (address.scheme == "http" and here):
            return place
        raise UserError(f"a picture lies at {place[:80]}", "it is not fetched from there; try again later", "source")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the token must not travel."""

    def redirect_request(self, *_request: Any) -> None:
        """Refuse."""


def fetch(address: str, token: str = "") -> bytes:
    """Return what lies at an address; raises UserError that says why not, and never holds the token."""
    request = urllib.request.Request(address, headers={"X-Figma-Token": token} if token else {})  # noqa: S310  see open_source
    openers = (_Stay,) if token else ()
    host = urllib.parse.urlsplit(address).hostname
    try:
        with urllib.request.build_opener(*openers).open(request, timeout=WAIT) as answer:
            text: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as refused:
        refused.close()
        what, remedy = SAYS.get(refused.code, (f"{host} answered {refused.code}", "try again later"))
        raise UserError(what, remedy, "token" if refused.code in {401, 403} else "source") from None
    except (OSError, HTTPException) as wrong:
        what = f"{host} cannot be reached ({getattr(wrong, 'reason', wrong)})"
        raise UserError(what, "look at the network, or import a file", "source") from None
    if len(text) > LARGEST:
        raise UserError(f"{host} sent more than {LARGEST // 1_000_000} MB", "leave pictures out", "source")
    return text


def as_png(data: bytes, name: str) -> bytes:
    """Return a picture written afresh; what is no picture, or larger than a screen, is refused."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            if max(picture.size) > SIDE:
                raise UserError(f"the picture {name} is larger than {SIDE} pixels", "make it smaller", "source")
            out = io.BytesIO()
            picture.convert("RGBA").save(out, "PNG", optimize=True)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as wrong:
        raise UserError(
            f"the picture {name} cannot be read ({type(wrong).__name__})", "save it as PNG", "source"
        ) from None
    return out.getvalue()
