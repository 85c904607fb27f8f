"""Write the locks anew from pyproject.toml, because a hash typed by hand protects nobody.

Run as `./run lock`. It resolves once for every platform and Python version named here, then installs the run-time
lock for each of them into a scratch folder: a pin that some shop could not install as a wheel stops it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from email import message_from_string
from email.message import Message
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
UV = "uv==0.13.9"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")
SUPPORTED = re.compile(r"any|manylinux.*(x86_64|aarch64)|macosx.*(arm64|universal2)|win_amd64", re.ASCII)
# tkdesigner pins parts that are years old; it works with these.
OVERRIDES = {"design": "Pillow>=13\nJinja2>=3.1\nrequests>=2.32\nurllib3>=2\n"}
# Read from the licence file where the metadata says nothing, or not enough.
READ_BY_HAND = {
    "pydes": "MIT",
    "pyscard": "LGPL-2.1-or-later",
    "qrcode": "BSD-3-Clause, parts MIT",
    "sqlcipher3": "Zlib; its wheels hold SQLCipher (BSD-3-Clause), SQLite (public domain) and OpenSSL (Apache-2.0)",
}
NOTICE_HEAD = """Genesis POS
Licensed under the Apache License, Version 2.0; see LICENSE.

Nothing of others is kept in this repository. An installed Genesis POS depends on these distributions, each under
the licence that its metadata states:

"""
Package = dict[str, Any]


class Uv:
    """The resolver, installed into a folder that is thrown away, deaf to the settings of this machine."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", folder / "uv"], check=True)
        subprocess.run([folder / "uv/bin/python", "-m", "pip", "install", "--quiet", UV], check=True)
        self.folder = folder
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PIP_"))}

    def __call__(self, *arguments: str | Path) -> None:
        """Run uv with these arguments; its messages go to the screen."""
        command = [self.folder / "uv/bin/uv", *arguments, "--no-config", "--quiet"]
        subprocess.run(command, check=True, cwd=ROOT, env=self.env)

    def resolve(self, groups: tuple[str, ...], pins: str) -> list[Package]:
        """Resolve the project with all its extras and the groups, keeping to the pins already chosen."""
        out, constraints, overrides = (self.folder / name for name in ("pylock.toml", "pins.txt", "overrides.txt"))
        out.unlink(missing_ok=True)
        constraints.write_text(pins, encoding="utf-8")
        overrides.write_text("".join(OVERRIDES.get(group, "") for group in groups), encoding="utf-8")
        self(
            *("pip", "compile", "pyproject.toml", "--all-extras", "--universal", "--format", "pylock.toml"),
            *("--python-version", PYTHONS[0], "--fork-strategy", "fewest", "--output-file", out),
            *("--constraints", constraints, "--overrides", overrides),
            *(option for group in groups for option in ("--group", group)),
        )
        packages: list[Package] = tomllib.loads(out.read_text(encoding="utf-8"))["packages"]
        return packages

    def install(self, lock: Path, platform: str, python: str) -> Path:
        """Install a lock for a platform that need not be ours, wheels only; returns the folder."""
        target = self.folder / f"{platform}-{python}"
        self(
            *("pip", "install", "--target", target, "--python-platform", platform, "--python-version", python),
            *("--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", lock),
        )
        return target


def pin(package: Package) -> str:
    """Return `name==version`; a local version would be a wheel that only this machine has."""
    if "+" in package["version"]:
        raise SystemExit(f"{package['name']} {package['version']}: a local version cannot be locked")
    return f"{package['name']}=={package['version']}"


def entry(package: Package) -> str:
    """Return the lines of a package in a lock: pin, marker, the hash of every file."""
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
    head = pin(package) + (f" ; {package['marker']}" if "marker" in package else "")
    return " \\\n    ".join([head, *sorted(f"--hash=sha256:{file['hashes']['sha256']}" for file in files)]) + "\n"


def wheel_tags(package: Package) -> list[str]:
    """Return the tags of a package's wheels for the platforms we name, such as `py3-none-any`."""
    names = [wheel["url"].rpartition("/")[2].removesuffix(".whl") for wheel in package.get("wheels", ())]
    tags = {"-".join(name.split("-")[-3:]) for name in names}
    return sorted(tag for tag in tags if SUPPORTED.fullmatch(tag.split("-")[2]))


def builds_on_linux(package: Package) -> bool:
    """Say whether Linux has to compile the package; a marker may spare it."""
    platforms = " ".join(tag.split("-")[2] for tag in wheel_tags(package))
    return not re.search("any|manylinux", platforms) and "sys_platform == 'win32'" not in package.get("marker", "")


def licence(metadata: Message) -> str:
    """Return the licence a distribution states: expression, else classifiers, else the short field."""
    if metadata["License-Expression"]:
        return str(metadata["License-Expression"])
    known = [str(c).rpartition(" :: ")[2] for c in metadata.get_all("Classifier", []) if c.startswith("License ::")]
    return ", ".join(known) or str(metadata["License"]).partition("\n")[0]


def notice(folders: list[Path], packages: list[Package]) -> str:
    """Return the text of NOTICE: every distribution a shop installs and its licence."""
    stated: dict[str, str] = {}
    for file in (file for folder in folders for file in folder.glob("*.dist-info/METADATA")):
        metadata = message_from_string(file.read_text(encoding="utf-8"))
        stated[re.sub(r"[-_.]+", "-", metadata["Name"]).lower()] = licence(metadata)
    stated |= READ_BY_HAND
    if unclear := [p["name"] for p in packages if stated.get(p["name"], "") in {"", "None"}]:
        raise SystemExit(f"{', '.join(unclear)}: no licence stated; read it and add it to READ_BY_HAND")
    return NOTICE_HEAD + "".join(f"- {p['name']}: {stated[p['name']]}\n" for p in packages)


def write_lock(name: str, packages: list[Package]) -> Path:
    """Write a lock, or remove it where nothing belongs into it."""
    path = LOCKS / f"{name}.lock"
    path.write_text("".join(map(entry, packages)), encoding="utf-8")
    if not packages:
        path.unlink()
    return path


def main() -> None:
    """Write the locks, wheels.json and NOTICE."""
    with tempfile.TemporaryDirectory() as folder:
        uv = Uv(Path(folder))
        run = uv.resolve(("build",), "")
        dev = uv.resolve(("build", "dev"), "\n".join(map(pin, run)))
        design = uv.resolve(("build", "dev", "design"), "\n".join(map(pin, dev)))
        write_lock("dev", [p for p in dev if entry(p) not in map(entry, run)])
        write_lock("design", [p for p in design if entry(p) not in map(entry, dev)])
        write_lock("native", [p for p in run if builds_on_linux(p)])
        lock = write_lock("run", [p for p in run if not builds_on_linux(p)])
        folders = [uv.install(lock, platform, python) for platform in PLATFORMS for python in PYTHONS]
        tags = {pin(p): wheel_tags(p) for p in run}
        (LOCKS / "wheels.json").write_text(json.dumps(tags, indent=1) + "\n", encoding="utf-8")
        (ROOT / "NOTICE").write_text(notice(folders, run), encoding="utf-8")


if __name__ == "__main__":
    main()
