"""What a subcommand takes, as the signature of its function has it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

_YES = ("yes", "y", "true", "t", "1")
_NO = ("no", "n", "false", "f", "0")


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        name: As people type it, such as ``--reason``.
        parameter: The parameter that it fills.
        flag: Whether it stands alone as a rule.
        values: What each word that it takes means; empty if it takes any text.
    """

    name: str
    parameter: str
    flag: bool
    values: Mapping[str, object]

    @property
    def choices(self) -> tuple[str, ...]:
        """Name the words that it takes, one for each meaning; none if it takes any text."""
        return ("yes", "no") if self.flag else tuple(self.values)


@dataclass(frozen=True)
class Taken:
    """What a subcommand takes.

    Attributes:
        signature: Its function's, without the parameter ``call``.
        options: Its options, by their names.
        needed: The names of what has to be there besides options, in order, such as ``id``.
        positions: The names of all that may be there, in order; a list of any length is none.
        any_number: Whether words may follow in any number.
    """

    signature: inspect.Signature
    options: Mapping[str, Option]
    needed: tuple[str, ...]
    positions: tuple[str, ...]
    any_number: bool


@cache
def taken_by(run: Callable[..., Any]) -> Taken:
    """Read the signature of a subcommand's function, once: people wait while it is read."""
    parameters = inspect.signature(run).parameters.values()
    options = [_option(each) for each in parameters if _is_option(each)]
    positional = [p for p in parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY]
    return Taken(
        inspect.Signature([each for each in parameters if each.name != "call"]),
        MappingProxyType({option.name: option for option in options}),
        tuple(each.name for each in positional if each.default is inspect.Parameter.empty),
        tuple(each.name for each in positional),
        any(each.kind is inspect.Parameter.VAR_POSITIONAL for each in parameters),
    )


def _is_option(parameter: inspect.Parameter) -> bool:
    return parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.name != "call"


def _option(parameter: inspect.Parameter) -> Option:
    # A name that is Python's own word ends in an underscore.
    name = f"--{parameter.name.rstrip('_').replace('_', '-')}"
    flag = parameter.annotation is bool
    values: dict[str, object] = (
        {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)} if flag else {}
    )
    for kind in (parameter.annotation, *get_args(parameter.annotation)):
        if isinstance(kind, type) and issubclass(kind, Enum):
            values |= {str(member.value): member for member in kind}
    return Option(name, parameter.name, flag, MappingProxyType(values))
