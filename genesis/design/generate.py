"""Runs Tkinter Designer on a plain document: `python -I generate.py FOLDER`, in a process of its own.

It reads FOLDER/file.json and writes FOLDER/gui.py, gui1.py ... with FOLDER/assets. There is no network here: what
Tkinter Designer would fetch is the document and an empty picture for each element; the pictures are kept elsewhere.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

EMPTY = bytes.fromhex(  # a PNG of one pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645"
    "400000000049454e44ae426082"
)


class Files:
    """Stands where Tkinter Designer asks Figma."""

    def __init__(self, _token: str, file_key: str) -> None:
        self._path = Path(file_key)

    def get_file(self) -> Any:
        """Return the document."""
        return json.loads(self._path.read_text(encoding="utf-8"))

    def get_image(self, item_id: str) -> str:
        """Return the address of an element's picture."""
        return item_id


def keep_empty(_address: str, path: Path) -> None:
    """Write a picture that nobody will look at."""
    path.write_bytes(EMPTY)


def main(folder: Path) -> None:
    """Write the code for every frame."""
    from tkdesigner.designer import Designer
    from tkdesigner.figma import endpoints, frame

    endpoints.Files = Files
    frame.download_image = keep_empty
    Designer("", str(folder / "file.json"), folder).design()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
