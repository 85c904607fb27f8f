"""Writes the reference pages of the manual and the catalogues again, from the code: `python -m genesis.docs`."""

from __future__ import annotations

import inspect
from pathlib import Path

import msgspec

from genesis.hooks import cart, inventory, payment, platform, pricing, reporting
from genesis.kernel.actors import KERNEL_PERMISSIONS
from genesis.kernel.registry import KERNEL_FACTS
from genesis.upkeep import catalogues

FOLDER = Path(__file__).parent / "reference"
MEANING = {
    "abort": "a fault stops the operation with a clear error; nothing is guessed",
    "isolate": "a fault is logged and counted, the others go on",
    "next": "a fault counts as no answer",
    "collect": "asked at start; a fault puts that plugin into state error",
}


def hooks_page() -> str:
    """Return the reference of every hook."""
    lines = ["# Hooks", "", "Written from the specs; `./run docs` writes it again.", ""]
    lines += [f"- **{policy}**: {meaning}" for policy, meaning in MEANING.items()]
    lines += ["", "The first argument is always `pos`; name only the arguments that you need.", ""]
    for area in (cart, pricing, payment, inventory, reporting, platform):
        lines += [f"## {area.__name__.rpartition('.')[2]}", "", (area.__doc__ or "").strip(), ""]
        for name, spec in vars(area).items():
            if hasattr(spec, "policy"):
                first = ", first answer wins" if spec.first else ""
                signature = str(inspect.signature(spec)).replace("'", "")
                lines += [f"### {name}", "", "```python", f"def {name}{signature}", "```", "",
                          f"*{spec.policy}{first}.* {inspect.getdoc(spec)}", ""]  # fmt: skip
    return "\n".join(lines)


def facts_page() -> str:
    """Return the reference of the kernel's facts."""
    lines = ["# Facts", "", "The kinds that the kernel records; plugins add their own. Amounts are minor units,",
             "quantities thousandths, unit prices ten-thousandths.", ""]  # fmt: skip
    for kind in KERNEL_FACTS:
        lines += [f"## {kind.kind} (version {kind.version})", "", inspect.getdoc(kind) or "", "", "| field | type |",
                  "|---|---|"]  # fmt: skip
        lines += [f"| `{f.name}` | `{_type(f.type)}` |" for f in msgspec.structs.fields(kind)]
        lines.append("")
    return "\n".join(lines)


def _type(hint: object) -> str:
    return str(getattr(hint, "__name__", hint) if isinstance(hint, type) else hint).replace("|", "\\|").replace(
        "genesis.kernel.cart.", "")  # fmt: skip


def permissions_page() -> str:
    """Return the kernel's permissions."""
    lines = ["# Permissions", "", "Nothing is allowed that no role grants; plugins add permissions and may restrict.",
             "What can be approved may be done once by whoever lacks it, when somebody who has it approves.",
             "", "| permission | what it allows | can be approved |", "|---|---|---|"]  # fmt: skip
    rows = (f"| `{p.id}` | {p.title} | {'yes' if p.approvable else ''} |" for p in KERNEL_PERMISSIONS)
    return "\n".join([*lines, *rows, ""])


def pages() -> dict[str, str]:
    """Return file name -> text of every page that is written from the code."""
    return {"hooks.md": hooks_page(), "facts.md": facts_page(), "permissions.md": permissions_page()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, content in pages().items():
        (FOLDER / file).write_text(content, encoding="utf-8")
    catalogues.refresh(Path(__file__).parents[2])
