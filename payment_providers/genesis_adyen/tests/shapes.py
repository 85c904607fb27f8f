"""Messages held against a JSON schema: the parts of the language that the published description uses."""

from __future__ import annotations

import json
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

TYPES: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float, Decimal),
                         "integer": int}  # fmt: skip


def faults(schema: dict[str, Any], value: Any, root: dict[str, Any], where: str = "$") -> list[str]:
    """Return everything about a value that a schema refuses."""
    if "$ref" in schema:
        return faults(root[schema["$ref"].rpartition("/")[2]], value, root, where)
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{where} is no {kind}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} cannot be {value!r}")
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{where}: {value!r} is not {schema['pattern']}")
    if kind == "number" and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{where}: {value} is out of range")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{where}.{name} is missing" for name in schema.get("required") or [] if name not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{where}.{name} is unknown" for name in value if name not in known]
        for name, item in value.items():
            found += faults(known.get(name, {}), item, root, f"{where}.{name}")
    if isinstance(value, list):
        for number, item in enumerate(value):
            found += faults(schema.get("items", {}), item, root, f"{where}[{number}]")
    return found


def own(name: str = "messages") -> dict[str, Any]:
    """Return a schema that is kept beside this file."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_bytes())
    return found


def published(name: str = "TerminalAPI-v1") -> dict[str, Any]:
    """Return the schemas of the vendor's description by name, where the test data is there."""
    path = Path(os.environ.get("GENESIS_TEST_DATA", "")) / f"vectors/adyen-{name}.json"
    if not os.environ.get("GENESIS_TEST_DATA") or not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_bytes())["components"]["schemas"]
    return found
