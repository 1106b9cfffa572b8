"""Fit words to a subcommand's signature."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from cyclopts import App, ArgumentCollection, CycloptsError, Parameter

from bot.changes.errors import UserError
from bot.commands.complaints import bad_choice, complaint
from bot.commands.options import tokens
from bot.commands.subcommand import Subcommand


def arguments(subcommand: Subcommand, text: str, usage: str) -> inspect.BoundArguments:
    """Fit the text after a subcommand's name to its signature.

    Args:
        subcommand: Whose signature it is.
        text: The text after its name, as it was typed.
        usage: How the whole command is written, for the hint.

    Raises:
        UserError: If it does not fit; its message names what is wrong.
    """
    return bind(subcommand, tokens(subcommand, text), usage)


def bind(subcommand: Subcommand, given: list[str], usage: str) -> inspect.BoundArguments:
    """Fit tokens to a subcommand's signature; raise UserError if they do not fit.

    Args:
        subcommand: Whose signature it is.
        given: The tokens; after ``--`` none is an option.
        usage: How the whole command is written, for the hint.
    """
    # The parser would take the word none for an option left out.
    wrong = bad_choice(subcommand, given, usage)
    if wrong is not None:
        raise UserError(wrong)
    try:
        _, bound, _ = _grammar(subcommand.run).parse_args(
            given, exit_on_error=False, print_error=False
        )
    except CycloptsError as error:
        raise UserError(complaint(error, subcommand, given, usage)) from error
    return bound


class _Grammar(App):
    """The grammar of one subcommand, whose signature is read once.

    To read it takes longer than all else between a command and its ack.
    """

    _read: ArgumentCollection | None = None

    def assemble_argument_collection(
        self, *, default_parameter: Parameter | None = None, parse_docstring: bool = False
    ) -> ArgumentCollection:
        """Give the parameters, with no words in them yet."""
        if self._read is None:
            self._read = super().assemble_argument_collection(
                default_parameter=default_parameter, parse_docstring=parse_docstring
            )
        return self._read.copy(reset_tokens=True)


@cache
def _grammar(run: Callable[..., Any]) -> _Grammar:
    app = _Grammar(
        help_flags=[],
        version_flags=[],
        result_action="return_value",
        default_parameter=Parameter(negative=()),
    )
    app.default(run)
    return app
