"""What a column keeps as JSON, and back."""

from typing import Any

from pydantic import TypeAdapter

from bot.changes.authorization import Authorization
from bot.changes.errors import Problem

AUTHORIZATION = TypeAdapter(Authorization)
PROBLEM = TypeAdapter(Problem)


def to_authorization(value: object) -> Authorization | None:
    """Read an authorization back from JSON values; it holds no secret."""
    return None if value is None else AUTHORIZATION.validate_python(value, strict=False)


def to_problem(value: object) -> Problem | None:
    """Read a problem back from JSON values."""
    return None if value is None else PROBLEM.validate_python(value)


def as_json(kind: TypeAdapter[Any], value: object) -> Any:
    """Give a value as its column keeps it; None stays empty."""
    return None if value is None else kind.dump_python(value, mode="json")
