"""Codes in a picture, for `genesis scan --image`; what reads pictures is loaded only when one is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genesis import UserError

GS1 = "]C1", "]e0", "]d2", "]Q3", "]J1"  # symbology identifiers (ISO/IEC 15424) of codes that hold GS1 elements
MOST_PIXELS = 100_000_000


def codes_in(file: str) -> list[str]:
    """Return every code of a picture that was read for certain, from top to bottom and left to right.

    A GS1 code comes with its symbology identifier, as a scanner sends it. UserError where the file is no picture.
    """
    try:
        import zxingcpp
    except ImportError:
        raise UserError(
            "pictures cannot be read here", "install it with: pip install 'genesis-pos[barcodes]'", "image"
        ) from None
    picture = _opened(file)
    found = [result for result in zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain) if result.valid]
    found.sort(key=lambda result: (result.position.top_left.y, result.position.top_left.x))
    return list(dict.fromkeys(_as_scanned(result) for result in found))


def _opened(file: str) -> Any:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(Path(file)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UserError(f"{file} is too large", "use a picture below 100 megapixels", "image")
            return picture.convert("L")
    except FileNotFoundError:
        raise UserError(f"there is no file {file}", "check its name", "image") from None
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise UserError(f"{file} is no picture that can be read", "use a PNG or JPEG", "image") from error


def _as_scanned(result: Any) -> str:
    name = str(result.symbology_identifier)
    return f"{name}{result.text}" if name in GS1 else str(result.text)
