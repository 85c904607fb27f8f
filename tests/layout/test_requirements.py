"""What a shop installs is locked, comes as wheels for every platform we name, and is all that shipped code imports."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import metadata, packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms, parse_tag
from packaging.utils import canonicalize_name

PYTHONS = [(3, 11), (3, 12), (3, 13), (3, 14)]
# platform -> what pip there accepts, and what markers see; Debian 12 has glibc 2.36, the oldest macOS we name is 14.
PLATFORMS = {
    "Linux x86_64": ([f"manylinux_2_{n}_x86_64" for n in range(36, 4, -1)], "linux", "x86_64"),
    "Linux aarch64": ([f"manylinux_2_{n}_aarch64" for n in range(36, 16, -1)], "linux", "aarch64"),
    "macOS arm64": (list(mac_platforms((14, 0), "arm64")), "darwin", "arm64"),
    "Windows x86_64": (["win_amd64"], "win32", "AMD64"),
}


@dataclass(frozen=True)
class Pin:
    """One entry of a lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    def wanted(self, python: tuple[int, int], sys_platform: str, machine: str) -> bool:
        """Say whether pip installs it there."""
        version = f"{python[0]}.{python[1]}"
        environment = {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "python_version": version,
            "python_full_version": f"{version}.0",
            "sys_platform": sys_platform,
            "platform_machine": machine,
        }
        return not self.marker or Marker(self.marker).evaluate(environment)


def read_lock(path: Path) -> list[Pin]:
    """Read a lock strictly: pins with hashes and nothing else."""
    entry = re.compile(r"([a-z0-9-]+)==([0-9A-Za-z.]+)(?: ; ([^\\\n]+?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n")
    text = path.read_text(encoding="utf-8")
    found = list(entry.finditer(text))
    assert "".join(m.group() for m in found) == text, f"{path.name} holds something else than pins with hashes"
    return [Pin(m[1], m[2], m[3] or "", tuple(re.findall("[0-9a-f]{64}", m[4]))) for m in found]


@pytest.fixture(scope="module")
def locks(root: Path) -> dict[str, list[Pin]]:
    return {path.stem: read_lock(path) for path in sorted((root / "requirements").glob("*.lock"))}


@pytest.fixture(scope="module")
def for_a_shop(locks: dict[str, list[Pin]]) -> list[Pin]:
    return sorted(locks["run"] + locks.get("native", []), key=lambda pin: pin.name)


def tags_of(python: tuple[int, int], platforms: list[str]) -> set[Tag]:
    interpreter = f"cp{python[0]}{python[1]}"
    return {*cpython_tags(python, platforms=platforms), *compatible_tags(python, interpreter, platforms)}


def test_there_is_a_lock_for_shops_tests_and_design(locks: dict[str, list[Pin]]) -> None:
    assert set(locks) - {"native"} == {"run", "dev", "design"}


def test_a_name_has_one_version_everywhere(locks: dict[str, list[Pin]]) -> None:
    versions: dict[str, set[str]] = {}
    for pin in (pin for pins in locks.values() for pin in pins):
        versions.setdefault(pin.name, set()).add(pin.version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_locks_satisfy_what_is_declared(locks: dict[str, list[Pin]], pyproject: dict[str, Any]) -> None:
    project, groups = pyproject["project"], pyproject["dependency-groups"]
    extras = [wanted for extra in project.get("optional-dependencies", {}).values() for wanted in extra]
    shop = locks["run"] + locks.get("native", [])
    for declared, pins in (
        (project["dependencies"] + extras + groups["build"], shop),
        (groups["dev"], shop + locks["dev"]),
        (groups["design"], shop + locks["dev"] + locks["design"]),
    ):
        pinned = {pin.name: pin.version for pin in pins}
        for requirement in map(Requirement, declared):
            version = pinned.get(canonicalize_name(requirement.name), "nothing")
            assert version != "nothing", f"{requirement.name} is declared, but not locked"
            assert requirement.specifier.contains(version), f"{requirement} is locked as {version}"


def test_a_shop_gets_no_test_tools(locks: dict[str, list[Pin]], pyproject: dict[str, Any]) -> None:
    groups = pyproject["dependency-groups"]
    tools = {canonicalize_name(Requirement(r).name) for r in groups["dev"] + groups["design"]}
    needed = {"packaging", "requests"}  # by hatchling and by the library of Stripe too
    assert {pin.name for pin in locks["run"]} & tools == needed


def test_extras_are_named_after_plugins(pyproject: dict[str, Any]) -> None:
    groups = pyproject["project"]["entry-points"]
    plugins = {name for group, points in groups.items() if group.startswith("genesis.") for name in points}
    assert set(pyproject["project"].get("optional-dependencies", {})) <= plugins


def test_wheels_are_recorded_for_exactly_the_pins(for_a_shop: list[Pin], root: Path) -> None:
    recorded = json.loads((root / "requirements/wheels.json").read_text(encoding="utf-8"))
    assert list(recorded) == [f"{pin.name}=={pin.version}" for pin in for_a_shop]


@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: f"{python[0]}.{python[1]}")
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_pin_has_a_wheel(
    platform: str, python: tuple[int, int], for_a_shop: list[Pin], locks: dict[str, list[Pin]], root: Path
) -> None:
    recorded = json.loads((root / "requirements/wheels.json").read_text(encoding="utf-8"))
    platforms, sys_platform, machine = PLATFORMS[platform]
    accepted = tags_of(python, platforms)
    built = locks.get("native", []) if sys_platform == "linux" else []
    without = [
        pin.name
        for pin in for_a_shop
        if pin.wanted(python, sys_platform, machine) and pin not in built
        if not any(accepted & parse_tag(tag) for tag in recorded[f"{pin.name}=={pin.version}"])
    ]
    assert without == []


@pytest.fixture(scope="module")
def shipped(modules: list[Path], root: Path) -> list[Path]:
    """What a shop gets: no tests, no tools."""
    inside = {file: file.relative_to(root).parts for file in modules}
    return [file for file, parts in inside.items() if "tests" not in parts and parts[0] != "requirements"]


@pytest.fixture(scope="module")
def declared(pyproject: dict[str, Any]) -> set[str]:
    project = pyproject["project"]
    extras = [wanted for extra in project.get("optional-dependencies", {}).values() for wanted in extra]
    return {canonicalize_name(Requirement(wanted).name) for wanted in project["dependencies"] + extras}


def imports_of(file: Path) -> Iterator[str]:
    """Yield every top-level name that a module imports, however late."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def test_shipped_code_imports_only_what_is_declared(
    shipped: list[Path], declared: set[str], root: Path, pyproject: dict[str, Any]
) -> None:
    owners = packages_distributions()
    tools = {
        group: {canonicalize_name(Requirement(wanted).name) for wanted in pyproject["dependency-groups"][group]}
        for group in ("dev", "design")
    }
    undeclared = set()
    for file in shipped:
        allowed = declared | tools["dev"] if file.is_relative_to(root / "genesis/testkit") else declared
        allowed = declared | tools["design"] if file == root / "genesis/design/generate.py" else allowed
        for name in imports_of(file):
            ours = name in sys.stdlib_module_names or name == "genesis" or name.startswith("genesis_")
            if not ours and not allowed & {canonicalize_name(owner) for owner in owners.get(name, [])}:
                undeclared.add(f"{file.relative_to(root)}: {name}")
    assert undeclared == set()


def test_nothing_is_declared_that_shipped_code_does_not_name(shipped: list[Path], declared: set[str]) -> None:
    words = {word for file in shipped for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}
    used = {
        canonicalize_name(owner)
        for name, owners in packages_distributions().items()
        if name in words
        for owner in owners
    }
    assert declared - used == set()


def test_notice_names_every_distribution_of_a_shop(for_a_shop: list[Pin], root: Path) -> None:
    lines = (root / "NOTICE").read_text(encoding="utf-8").splitlines()
    stated = dict(line.removeprefix("- ").split(": ", 1) for line in lines if line.startswith("- "))
    assert list(stated) == [pin.name for pin in for_a_shop]
    for pin in for_a_shop:
        if pin.wanted(sys.version_info[:2], sys.platform, "x86_64"):
            about = metadata(pin.name)
            assert "License-Expression" not in about or about["License-Expression"] in {"", stated[pin.name]}
