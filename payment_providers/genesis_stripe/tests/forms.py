"""Forms as Stripe's library writes them, held against a schema: what does not fit is refused."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return a form as the objects and lists that its names spell: a[b][0]=c."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        keys = re.findall(r"[^\[\]]+", name)
        at = found
        for key in keys[:-1]:
            at = at.setdefault(key, {})
        if keys[-1] in at:
            raise ValueError(f"{name} is there twice")
        at[keys[-1]] = value
    return found


def fit(schema: dict[str, Any], value: Any, where: str) -> Any:
    """Return a form's value in the type that a schema wants; ValueError where it does not fit."""
    if "anyOf" in schema:
        for choice in schema["anyOf"]:
            try:
                return fit(choice, value, where)
            except ValueError as error:
                last = error
        raise last
    kind = schema.get("type", "object")
    if kind == "object":
        return _fit_object(schema, value, where)
    if kind == "array":
        if not isinstance(value, dict) or list(value) != [str(n) for n in range(len(value))]:
            raise ValueError(f"{where} is no list")
        return [fit(schema["items"], item, f"{where}[{n}]") for n, item in value.items()]
    if not isinstance(value, str) or len(value) > schema.get("maxLength", 10**6):
        raise ValueError(f"{where} is no {kind}, or too long")
    if "enum" in schema and value not in schema["enum"]:
        raise ValueError(f"{where} cannot be {value}")
    if kind == "integer" and not re.fullmatch(r"-?\d+", value):
        raise ValueError(f"{where} is no integer: {value}")
    if kind == "boolean" and value not in {"true", "false"}:
        raise ValueError(f"{where} is no boolean: {value}")
    return int(value) if kind == "integer" else value == "true" if kind == "boolean" else value


def _fit_object(schema: dict[str, Any], value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is no object")  # noqa: TRY004  what does not fit is one kind of error
    known, others = schema.get("properties", {}), schema.get("additionalProperties", False)
    missing = [name for name in schema.get("required", []) if name not in value]
    unknown = [name for name in value if name not in known and not isinstance(others, dict)]
    if missing or unknown:
        raise ValueError(f"{where}: missing {missing}, unknown {unknown}")
    return {name: fit(known.get(name, others), item, f"{where}.{name}") for name, item in value.items()}


def published() -> dict[str, Any]:
    """Return the schemas of the vendor's description, where the test data is there; by "POST /path/{id}"."""
    path = Path(os.environ.get("GENESIS_TEST_DATA", "")) / "vectors/stripe-requests-2023-08-16.json"
    if not os.environ.get("GENESIS_TEST_DATA") or not path.exists():
        return {}
    found = {}
    for name, methods in json.loads(path.read_bytes())["paths"].items():
        for method, operation in methods.items():
            if method == "post":
                content = operation["requestBody"]["content"]
                schema = content["application/x-www-form-urlencoded"]["schema"]
            else:
                fields = {p["name"]: p["schema"] for p in operation["parameters"] if p["in"] == "query"}
                schema = {"type": "object", "properties": fields}
            found[f"{method.upper()} {re.sub('{[^}]*}', '{id}', name)}"] = schema
    return found


def page_of(rows: list[dict[str, Any]], limit: int = 10, starting_after: str = "", **_: Any) -> dict[str, Any]:
    """Return a page of a list, the newest first."""
    newest = list(reversed(rows))
    at = next((n + 1 for n, row in enumerate(newest) if row["id"] == starting_after), 0)
    return {"object": "list", "url": "/", "data": newest[at : at + limit], "has_more": len(newest) > at + limit}
