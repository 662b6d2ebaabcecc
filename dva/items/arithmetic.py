"""The small arithmetic of generated questions: numbers, names, + - * / // %, comparisons, and, or, not."""

import ast
import operator
from collections.abc import Mapping
from typing import Any

from dva.errors import ContentError

LONGEST = 200
OPERATORS: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Not: operator.not_, ast.USub: operator.neg,
}  # fmt: skip


def compute(text: str, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression; ContentError where it is not valid. A whole division stays a whole number."""
    if len(text) > LONGEST:
        raise ContentError(f"the expression is longer than {LONGEST} characters")
    try:
        result = _value(ast.parse(text.strip(), mode="eval").body, values)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ContentError(f"`{text}` is not an expression") from None
    except (ZeroDivisionError, TypeError, OverflowError):
        raise ContentError(f"`{text}` cannot be computed") from None
    return int(result) if isinstance(result, float) and result.is_integer() else result


def _value(node: ast.AST, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value) if isinstance(value, int | float | str):
            return value
        case ast.Name(name):
            if name not in values:
                raise ContentError(f"nothing called `{name}` is drawn")
            return values[name]
        case ast.BinOp(left, sign, right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_value(left, values), _value(right, values))
        case ast.UnaryOp(sign, operand) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_value(operand, values))
        case ast.BoolOp(ast.And(), parts):
            return all(_value(part, values) for part in parts)
        case ast.BoolOp(ast.Or(), parts):
            return any(_value(part, values) for part in parts)
        case ast.Compare(left, signs, rights) if all(type(sign) in OPERATORS for sign in signs):
            sides = [_value(side, values) for side in (left, *rights)]
            pairs = zip(signs, sides, sides[1:], strict=False)
            return all(OPERATORS[type(sign)](one, other) for sign, one, other in pairs)
    raise ValueError(node)
