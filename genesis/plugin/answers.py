"""Says whether an answer fits its spec down to the last field: what a sale is told, it keeps for ever."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec

from genesis.kernel import cart

Fits = Callable[[Any], bool]


@cache
def answer_check(spec: Callable[..., Any]) -> Callable[[Any], str]:
    """Return a function that says what is wrong with an answer to this spec, "" if it fits."""
    hint = typing.get_type_hints(spec, localns={"Pos": object}).get("return", Any)
    fits = _fits(hint)

    def check(value: Any) -> str:
        if fits(value):
            return ""
        return f"answered {type(value).__name__} {str(value)[:200]!r}, which does not fit {hint}"

    return check


@cache
def _fits(hint: Any) -> Fits:  # noqa: C901  one case for each form of type in the contract
    """Return a test for values of a type. Any stands for data that is kept as JSON."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any:
        return _json
    if origin is Literal:
        return lambda value: type(value) is str and value in parts
    if origin in {types.UnionType, typing.Union}:
        tests = [_fits(part) for part in parts]
        return lambda value: any(test(value) for test in tests)
    if origin is type:
        return lambda value: isinstance(value, type) and issubclass(value, parts[0])
    if origin is tuple and parts[-1] is not Ellipsis:
        each = [_fits(part) for part in parts]
        return lambda value: type(value) is tuple and len(value) == len(each) and _all(each, value)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*map(_fits, parts))
    if origin is not None and issubclass(origin, Collection):
        item = _fits(parts[0])
        return lambda value: isinstance(value, origin) and all(item(one) for one in value)
    if origin is not None or not isinstance(hint, type):
        return callable if origin is Callable else lambda _: True
    if issubclass(hint, msgspec.Struct):
        return _data(hint) if hint.__module__ == cart.__name__ else _fields(hint, hint.__struct_fields__)
    if getattr(hint, "_is_protocol", False):
        return _fields(hint, tuple(hint.__annotations__))
    if hint is float:
        return lambda value: type(value) in {float, int}
    if hint in {int, bool}:  # True is an int for Python, and not for money
        return lambda value: type(value) is hint
    return lambda value: isinstance(value, hint)


def _all(tests: list[Fits], values: tuple[Any, ...]) -> bool:
    return all(test(value) for test, value in zip(tests, values, strict=True))


def _mapping(key: Fits, item: Fits) -> Fits:
    return lambda value: isinstance(value, Mapping) and all(key(k) and item(v) for k, v in value.items())


def _data(kind: type[msgspec.Struct]) -> Fits:
    """Return a test for the values of a cart, pure data: through the encoder and the strict decoder, which run in C."""
    decode = msgspec.msgpack.Decoder(kind).decode
    encode = msgspec.msgpack.Encoder().encode

    def test(value: Any) -> bool:
        if not isinstance(value, kind):
            return False
        try:
            decode(encode(value))
        except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
            return False
        return True

    return test


def _fields(kind: type, names: tuple[str, ...]) -> Fits:
    """Return a test for a struct or an object behind a protocol; its fields are looked up when it is first seen."""
    tests: list[tuple[str, Fits]] = []

    def test(value: Any) -> bool:
        if not isinstance(value, kind):
            return False
        if not tests:
            hints = typing.get_type_hints(kind)
            tests.extend((name, _fits(hints[name])) for name in names)
        return all(fits(getattr(value, name)) for name, fits in tests)

    return test


def _json(value: Any) -> bool:
    try:
        msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return False
    return True
