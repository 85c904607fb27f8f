"""Texts with a count: English has two forms, so whoever says one gives both; the shell knows those of its language."""

from __future__ import annotations


def many(one: str, more: str, count: int, **filled: object) -> str:
    """Return the form for a count, with {count} and what else it names filled in."""
    return (one if count == 1 else more).format(count=count, **filled)
