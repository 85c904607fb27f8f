"""What the layout tests look at: the tree as it would be committed, and pyproject.toml."""

from __future__ import annotations

import os
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file that .gitignore lets into the repository; read from disk, because a shop may have no git."""
    patterns = [".git", *(ROOT / ".gitignore").read_text(encoding="utf-8").split()]

    def ignored(entry: os.DirEntry[str], top: bool) -> bool:
        wanted = [p.strip("/") for p in patterns if top or not p.startswith("/")]
        return any(fnmatch(entry.name, p) for p in wanted)

    def walk(folder: Path) -> list[Path]:
        found: list[Path] = []
        for entry in sorted(os.scandir(folder), key=lambda e: e.name):
            if not ignored(entry, top=folder == ROOT):
                found += walk(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else [Path(entry.path)]
        return found

    return walk(ROOT)


@pytest.fixture(scope="session")
def modules(files: list[Path]) -> list[Path]:
    return [file for file in files if file.suffix == ".py"]
