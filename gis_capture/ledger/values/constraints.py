"""What a field demands of its values. A value that breaks a rule is kept, and told."""

import re
from collections.abc import Callable

from gis_capture.ledger.values import codes
from gis_capture.ledger.values.reading import Note
from gis_capture.model import Constraints, Field, Text, Value

_CORRECT_IT = Text("台帳の値を確かめてください。", "Check the value in the ledger.")


Rule = Callable[[Value], Note | None]
"""Looks at one value that is not None; gives a note when the value breaks the rule."""


def rules_of(field: Field, *, longest: int | None = None) -> tuple[Rule, ...]:
    """Builds the rules that look at one value alone: minimum, maximum, max_length, pattern, enum.

    `longest` is the length of the longest value, where it is known: then no value needs to be measured again.
    """
    constraints, unit = field.constraints, field.unit or ""
    rules: list[Rule] = []
    if constraints.minimum is not None:
        rules.append(_minimum(constraints, unit))
    if constraints.maximum is not None:
        rules.append(_maximum(constraints, unit))
    if constraints.max_length is not None and (longest is None or longest > constraints.max_length):
        rules.append(_max_length(constraints.max_length))
    if constraints.pattern is not None:
        rules.append(_pattern(constraints.pattern))
    if constraints.enum:
        rules.append(_enum(constraints.enum))
    return tuple(rules)


def _minimum(constraints: Constraints, unit: str) -> Rule:
    limit = constraints.minimum

    def rule(value: Value) -> Note | None:
        if not _is_less(value, limit):
            return None
        message = Text(
            f"「{value}」は下限の{limit}{unit}より小さい値です。", f'"{value}" is below the minimum {limit}{unit}.'
        )
        return Note(codes.BELOW_MINIMUM, "warning", message, _CORRECT_IT)

    return rule


def _maximum(constraints: Constraints, unit: str) -> Rule:
    limit = constraints.maximum

    def rule(value: Value) -> Note | None:
        if not _is_less(limit, value):
            return None
        message = Text(
            f"「{value}」は上限の{limit}{unit}より大きい値です。", f'"{value}" is above the maximum {limit}{unit}.'
        )
        return Note(codes.ABOVE_MAXIMUM, "warning", message, _CORRECT_IT)

    return rule


def _max_length(limit: int) -> Rule:
    def rule(value: Value) -> Note | None:
        if not isinstance(value, str) or len(value) <= limit:
            return None
        n = len(value)
        message = Text(
            f"{n}文字あり、決められた{limit}文字を超えています。", f"{n} characters are more than the {limit} allowed."
        )
        return Note(codes.TOO_LONG, "warning", message, _CORRECT_IT)

    return rule


def _pattern(pattern: str) -> Rule:
    compiled = re.compile(pattern)

    def rule(value: Value) -> Note | None:
        if not isinstance(value, str) or compiled.fullmatch(value):
            return None
        message = Text(f"「{value}」は決められた書き方と違います。", f'"{value}" is not written as this field demands.')
        return Note(codes.PATTERN_MISMATCH, "warning", message, _CORRECT_IT)

    return rule


def _enum(allowed: tuple[Value, ...]) -> Rule:
    shown = "・".join(str(value) for value in allowed[:12])

    def rule(value: Value) -> Note | None:
        if value in allowed:
            return None
        message = Text(f"「{value}」は使える値ではありません。", f'"{value}" is not an allowed value.')
        return Note(codes.NOT_IN_ENUM, "warning", message, Text(f"使える値：{shown}", f"Allowed: {shown}"))

    return rule


def _is_less(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return isinstance(left, int | float) and isinstance(right, int | float) and left < right
