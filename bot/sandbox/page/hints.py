from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.registry import Registry


@dataclass(frozen=True)
class Hint:
    """A command that the message field offers.

    Attributes:
        typed: What it puts into the field.
        usage: How it is written, as the bot's help has it.
        summary: What it does.
    """

    typed: str
    usage: str
    summary: str


def hints(registry: Registry) -> Sequence[Hint]:
    """Offer what the bot's own help lists, in its order."""
    return [
        Hint(f"{registry.command} {subcommand.name} ", line.usage, line.summary)
        for subcommand in registry.subcommands
        for _, lines in registry.help(subcommand.name).groups
        for line in lines
    ]
