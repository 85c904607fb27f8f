"""Questions with options or a text, answered by words after the code: `LATTE +oat +double shot`, `DRILL +SN12`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from genesis.hooks.given import taken
from genesis.kernel.errors import Confirm, UserError
from genesis.kernel.fields import FieldSpec
from genesis.kernel.pos import Pos

T = TypeVar("T")
MOST = 20  # questions of one command


def chosen(pos: Pos, words: Sequence[str], run: Callable[[], T]) -> T:
    """Do what may ask for options, answered by these words; UserError names the options where they do not fit.

    What was proposed stands where no word answers a question. A question of another kind is a refusal as ever.
    """
    answers = dict(pos.hooks.answers)
    used: set[str] = set()
    for _ in range(MOST):
        try:
            with pos.hooks.confirming(False, answers):
                done = run()
        except Confirm as question:
            fresh = [word for word in words if word not in used]
            texts = [field for field in question.fields if field.kind == "text"]
            known = all(field.kind in {"options", "text"} and field.name not in answers for field in question.fields)
            if not question.fields or not known or len(fresh) < len(texts):
                raise
            for field, word in zip(texts, fresh, strict=False):
                answers[field.name] = word
                used.add(word)
            for field in question.fields:
                if field.kind == "options":
                    answers[field.name] = _answer(field, words, used, question.values.get(field.name, ""))
            if lost := [word for word in words if word not in used]:
                _refuse(question.fields, f"{lost[0][:40]!r} is no choice here")
            continue
        return done
    raise UserError("it asks too many questions", "ring it up at the window", "code")


def _answer(field: FieldSpec, words: Sequence[str], used: set[str], proposed: str) -> str:
    """Return the options that the words name: a whole value or label, or its beginning where only one has it."""
    found = []
    known = [(one, one) if isinstance(one, str) else one for one in field.choices]
    for word in words:
        exact = [value for value, label in known if word.casefold() in {value.casefold(), label.casefold()}]
        begun = exact or [value for value, _ in known if value.casefold().startswith(word.casefold())]
        if len(begun) == 1:
            used.add(word)
            found.append(begun[0])
    try:
        return ",".join(taken(field, ",".join(found) if found else proposed))
    except UserError as wrong:
        _refuse((field,), wrong.what)


def _refuse(fields: Sequence[FieldSpec], what: str) -> NoReturn:
    told = "; ".join(f"{field.label}: {_choices(field)}" for field in fields)
    raise UserError(what, f"type CODE +OPTION; {told}", fields[0].name)


def _choices(field: FieldSpec) -> str:
    names = ", ".join(one if isinstance(one, str) else one[0] for one in field.choices)
    return f"{field.least} to {field.most} of {names}"
