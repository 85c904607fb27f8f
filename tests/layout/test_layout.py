"""The house keeps its shape: what DESIGN promises a reader about folders, names and sizes is counted here."""

from __future__ import annotations

import ast
import re
import tokenize
import tomllib
from pathlib import Path
from typing import Any

import pytest

KINDS = {
    "plugins": "genesis.plugins",
    "hardware_drivers": "genesis.hardware_drivers",
    "payment_providers": "genesis.payment_providers",
    "themes": "genesis.themes",
}
TOP = {
    *("genesis", *KINDS, "tests", "requirements", ".ci"),
    *("run", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE", ".gitignore"),
}
KERNEL_BUDGET = 8_340
FILE_BUDGET = 400
FUNCTION_BUDGET = 40
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "common", "misc", "manager2"}
TEXT = {".py", ".toml", ".md", ".lock", ".json", ".cfg", ".ini", ".mako", ".csv", ".txt", ""}
Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef | ast.Module


def plugin_folders(files: list[Path], root: Path) -> dict[str, Path]:
    """Return genesis_<id> -> folder for every plugin in the tree."""
    inside = [file.relative_to(root).parts for file in files]
    return {parts[1]: root / parts[0] / parts[1] for parts in inside if parts[0] in KINDS and len(parts) > 2}


def docstring(node: Documented) -> ast.Expr | None:
    """Return the expression that is the docstring."""
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first
    return None


def lines_of(node: ast.expr | ast.stmt) -> set[int]:
    """Return the numbers of the lines a piece of code stands on."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def code_lines(file: Path) -> set[int]:
    """Return the numbers of the lines that hold code: no blank lines, comments or docstrings."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    with tokenize.open(file) as source:
        tokens = [t for t in tokenize.generate_tokens(source.readline) if t.type not in silent]
    found = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    nodes = [n for n in ast.walk(ast.parse(file.read_bytes())) if isinstance(n, Documented)]
    return found - {line for text in map(docstring, nodes) if text for line in lines_of(text)}


def test_top_level_holds_what_the_plan_names(files: list[Path], root: Path) -> None:
    assert {file.relative_to(root).parts[0] for file in files} == TOP


def test_a_source_root_is_not_a_package(root: Path) -> None:
    assert [kind for kind in KINDS if (root / kind / "__init__.py").exists()] == []


def test_every_plugin_is_declared_once_and_under_its_kind(
    files: list[Path], root: Path, pyproject: dict[str, Any]
) -> None:
    declared = {
        f"{kind}/{point.partition('.')[0]}": (name, point)
        for kind, group in KINDS.items()
        for name, point in pyproject["project"]["entry-points"].get(group, {}).items()
    }
    folders = {f"{path.parent.name}/{name}" for name, path in plugin_folders(files, root).items()}
    assert set(declared) == folders
    for folder, (name, point) in declared.items():
        package = folder.partition("/")[2]
        assert (name, point) == (package.removeprefix("genesis_"), f"{package}.plugin:plugin")


def test_the_import_rules_know_every_plugin(files: list[Path], root: Path, pyproject: dict[str, Any]) -> None:
    plugins = sorted(plugin_folders(files, root))
    rules = pyproject["tool"]["importlinter"]
    assert rules["root_packages"] == ["genesis", *plugins]
    lists = [
        contract[key]
        for contract in rules["contracts"]
        for key in ("modules", "source_modules", "forbidden_modules")
        if not {"genesis", "genesis.kernel", "tkinter", "**"}.intersection(contract.get(key, ["**"]))
    ]
    assert lists == [plugins, plugins, plugins]


def test_a_plugin_may_import_only_what_it_requires(files: list[Path], root: Path, pyproject: dict[str, Any]) -> None:
    allowed = {
        tuple(part.removesuffix(".**").removeprefix("genesis_") for part in rule.split(" -> "))
        for contract in pyproject["tool"]["importlinter"]["contracts"]
        if contract["type"] == "independence"
        for rule in contract["ignore_imports"]
    }
    required = {
        (name.removeprefix("genesis_"), re.split("[<>=!~ ]", wanted)[0])
        for name, folder in plugin_folders(files, root).items()
        for wanted in tomllib.loads((folder / "plugin.toml").read_text(encoding="utf-8")).get("requires", [])
    }
    assert allowed <= required


def test_every_plugin_folder_reads_alike(files: list[Path], root: Path) -> None:
    prefixes: dict[str, str] = {}
    for name, folder in plugin_folders(files, root).items():
        for wanted in ("__init__.py", "plugin.toml", "plugin.py", "README.md"):
            assert (folder / wanted) in files, f"{name} has no {wanted}"
        assert any(f.match("tests/test_*.py") for f in files if folder in f.parents), f"{name} has no tests"
        facts = tomllib.loads((folder / "plugin.toml").read_text(encoding="utf-8"))
        plugin = name.removeprefix("genesis_")
        assert facts["id"] == plugin
        tables = facts.get("tables", f"{plugin}_")
        assert tables.startswith(plugin), f"{name}: tables are called {tables}"
        assert prefixes.setdefault(tables, name) == name, f"{name} and {prefixes[tables]} share tables"
        body = ast.parse((folder / "__init__.py").read_bytes()).body
        assert len(body) == 1, f"{name}/__init__.py holds more than a docstring"
        assert len(code_lines(folder / "plugin.py")) < 150, f"{name}/plugin.py is more than hooks"


def test_kernel_stays_small(modules: list[Path], root: Path) -> None:
    kernel = [root / "genesis" / part for part in ("kernel", "plugin", "db")]
    counted = sum(len(code_lines(file)) for file in modules if any(file.is_relative_to(part) for part in kernel))
    assert counted <= KERNEL_BUDGET


def test_files_and_functions_stay_short(modules: list[Path], root: Path) -> None:
    long = []
    for file in modules:
        text = file.read_bytes()
        if (count := len(text.splitlines())) > FILE_BUDGET:
            long.append(f"{file.relative_to(root)}: {count} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Function) and "migrations" not in file.parts:  # those are written once, by a tool
                told = docstring(node)
                count = len(lines_of(node)) - (len(lines_of(told)) if told else 0)
                if count > FUNCTION_BUDGET:
                    long.append(f"{file.relative_to(root)}:{node.lineno} {node.name}: {count} lines")
    assert long == []


def test_every_module_says_why_it_exists(modules: list[Path], root: Path) -> None:
    silent = []
    for file in modules:
        told = ast.get_docstring(ast.parse(file.read_bytes())) or ""
        if not told.partition("\n\n")[0].endswith((".", "?", ":")):
            silent.append(str(file.relative_to(root)))
    assert silent == []


def test_names_say_something(files: list[Path], root: Path) -> None:
    parts = [(file, Path(part).stem) for file in files for part in file.relative_to(root).parts]
    assert [str(file) for file, part in parts if part in SAYS_NOTHING] == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("the path of one machine", r"""(?<=[\s"'(=:`])/(?:work|root|home/\w+|Users/\w+)/\w"""),
        ("the address of an index", r"(?:--(?:extra-)?index-url|--find-links|pypi\.org|pythonhosted\.org)\b"),
    ],
    ids=["machine", "index"],
)
def test_nothing_ties_the_tree_to_one_place(what: str, pattern: str, files: list[Path], root: Path) -> None:
    found = [
        f"{file.relative_to(root)}:{number}: {what}: {line.strip()}"
        for file in files
        if file.suffix in TEXT and file != Path(__file__)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == []


def test_the_public_package_is_typed(root: Path) -> None:
    assert (root / "genesis/py.typed").exists()
