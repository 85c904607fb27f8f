"""`genesis tap`: prepare, block and move tags, and what is on them."""

from __future__ import annotations

import argparse
from typing import Any

from genesis import CliCommand, Pos, UserError, balances, exponent, plain, print_rows
from genesis_tap import office, pages, service

Shown = list[tuple[dict[str, Any], str]]


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked; UserError where a tag is not known."""
    asked = _parser().parse_args(arguments)
    print_rows(asked.do(pos, asked), as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = TAP.parser()
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    verbs: tuple[tuple[str, str, tuple[str, ...], Any], ...] = (
        ("prepare", "give a blank tag a number, and say the text to write on it", ("uid",), _prepare),
        ("text", "the text to write on a tag", ("tag",), _text),
        ("statement", "every movement of a tag, oldest first", ("tag",), _statement),
        ("liability", "all tags that hold something, and the sum", (), _liability),
        ("block", "take a tag no more", ("tag", "reason"), _block),
        ("reopen", "take a blocked tag again", ("tag",), _reopen),
        ("move", "move what is on a tag to another one", ("tag", "heir", "reason"), _move),
    )
    for name, told, words, do in verbs:
        one = commands.add_parser(name, help=told)
        for word in words:
            one.add_argument(word, metavar=word.upper())
        one.add_argument("--json", action="store_true", help="print one JSON object a line")
        one.set_defaults(do=do)
    return parser


def _prepare(pos: Pos, asked: argparse.Namespace) -> Shown:
    tag, text = office.prepare(pos, asked.uid)
    return [({"tag": tag, "text": text}, f"{tag}  {text}")]


def _text(pos: Pos, asked: argparse.Namespace) -> Shown:
    text = office.written(pos, asked.tag)
    return [({"tag": asked.tag, "text": text}, text)]


def _block(pos: Pos, asked: argparse.Namespace) -> Shown:
    return _said(asked.tag, office.block(pos, asked.tag, asked.reason))


def _reopen(pos: Pos, asked: argparse.Namespace) -> Shown:
    return _said(asked.tag, office.reopen(pos, asked.tag))


def _move(pos: Pos, asked: argparse.Namespace) -> Shown:
    return _said(asked.tag, office.replace(pos, asked.tag, asked.heir, asked.reason))


def _said(tag: str, text: str) -> Shown:
    return [({"tag": tag, "done": text}, text)]


def _statement(pos: Pos, asked: argparse.Namespace) -> Shown:
    pos.permissions.require("reports.read")
    if not pos.journal.holder(service.ISSUED, asked.tag):
        raise UserError(f"tag: {asked.tag[:40]!r} is not known", "genesis tap liability lists those in use", "tag")
    return [_movement(row) for row in pages.statement(pos, asked.tag)]


def _movement(row: Any) -> tuple[dict[str, Any], str]:
    return balances.movement(row.day, row.number, row.what, {"amount": row.amount}, row.currency)


def _liability(pos: Pos, _asked: argparse.Namespace) -> Shown:
    pos.permissions.require("reports.read")
    rows = pages.owed(pos)
    listed = [_sum(row.tag, row.balance, row.currency) for row in rows]
    return [*listed, _sum("all", sum(row.balance for row in rows), pos.currency)]


def _sum(tag: str, minor: int, currency: str) -> tuple[dict[str, Any], str]:
    balance = plain(minor, exponent(currency))
    return {"tag": tag, "balance": balance, "currency": currency}, f"{balance:>12} {currency}  {tag}"


TAP = CliCommand(
    name="tap", summary="Tags that customers pay with",
    usage="prepare UID | text TAG | statement TAG | liability | block TAG REASON | reopen TAG | move TAG HEIR REASON "
          "[--json]",
    examples=("genesis tap liability", "genesis tap liability --json"), run=run,
    details="UID: the number that a tag's maker gave it. TAG, HEIR: numbers of tags in the store, 12 digits.",
)  # fmt: skip
