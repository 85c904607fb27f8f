"""What the shell may import and what it must leave alone."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import genesis.shell
from genesis.shell.preferences import Preferences, PreferencesFile

SHELL = Path(genesis.shell.__file__).parent


def imports(path: Path) -> set[str]:
    """Return the top names of everything a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_view_models_know_no_window():
    for path in (SHELL / "vm").glob("*.py"):
        used = imports(path)
        assert not any(name.split(".")[0] in {"tkinter", "PIL"} for name in used), path
        assert not any(name.startswith(("genesis.shell.kit", "genesis.shell.views")) for name in used), path


def test_the_kit_knows_no_till():
    for path in (SHELL / "kit").glob("*.py"):
        assert not any(name.startswith(("genesis.shell.vm", "genesis.shell.views")) for name in imports(path)), path


def test_every_text_goes_through_the_pane_or_a_field():
    """Raw text calls would let an emoji reach Tk."""
    for path in (SHELL / "views").glob("*.py"):
        text = path.read_text()
        for raw in ("create_text", "tkinter.Label", "ttk.Label", ".insert(", "messagebox"):
            assert raw not in text, (path, raw)


def test_view_models_run_without_a_display_and_the_window_imports_nothing_heavy():
    code = (
        "import sys, json; import genesis.shell.vm.cashier, genesis.shell.vm.payment, genesis.shell.vm.listpage; "
        "early = 'tkinter' in sys.modules; import genesis.shell.window, genesis.shell.app; "
        "heavy = [m for m in ('numpy', 'pandas', 'duckdb', 'matplotlib', 'fontTools', 'httpx', 'requests', "
        "'reportlab', 'arabic_reshaper') if m in sys.modules]; print(json.dumps([early, heavy]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [False, []]


def test_preferences_are_kept_and_a_damaged_file_is_left_aside(tmp_path, caplog):
    path = tmp_path / "shell.json"
    PreferencesFile(path).change(theme="contrast", scale=1.5)
    assert PreferencesFile(path).value == Preferences(theme="contrast", scale=1.5)
    path.write_text('{"scale": 9}')
    assert PreferencesFile(path).value == Preferences()
    assert "shell.json" in caplog.text
    path.write_text("{")
    assert PreferencesFile(path).value.theme == "daylight"


def test_preferences_that_cannot_be_written_hold_for_this_run(tmp_path, caplog):
    kept = PreferencesFile(tmp_path / "missing" / "shell.json")
    assert kept.change(theme="dark").theme == "dark"
    assert "not kept" in caplog.text
