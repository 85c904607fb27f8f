"""What documents show: their code, and how it is run as a person would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED_BLOCK = re.compile(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent


def shell(script: str, home: Path, extra_path: str = "", folder: Path | None = None) -> str:
    """Run a script as a person would, with `genesis` on the path; returns what it printed."""
    environment = os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "GENESIS_HOME": str(home),
        "PYTHONPATH": extra_path,
    }
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,  # the suite ends a test after 120 s
        cwd=folder,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def code(text: str) -> str:
    """Return everything in a document that is set as a command."""
    blocks = "\n".join(match[2] for match in BLOCK.finditer(text) if match[1] in {"sh", "text"})
    return blocks + "\n" + "\n".join(re.findall(r"`([^`\n]+)`", BLOCK.sub("", text)))
