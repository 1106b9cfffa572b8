import importlib
import pkgutil
import re
from collections.abc import Iterable
from difflib import get_close_matches
from types import MappingProxyType

import bot.commands
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.commands.answers import Help, HelpLine
from bot.commands.grammar import straight
from bot.commands.identifiers import as_authorization_id
from bot.commands.subcommand import Group, Subcommand

UNKNOWN = "unknown"
HELP_FLAGS = ("-h", "--help")
_IN_A_HINT = 5
_OPTIONAL = re.compile(r" \[[^\]]*\]")


class Registry:
    """All subcommands, by their names and aliases.

    Args:
        subcommands: The subcommands; two may not claim the same word.
        command: The slash command's name, such as ``/token``.
    """

    def __init__(self, subcommands: Iterable[Subcommand], command: str) -> None:
        order = list(Group)
        self.subcommands = tuple(sorted(subcommands, key=lambda s: (order.index(s.group), s.name)))
        self.command = command
        by_word: dict[str, Subcommand] = {}
        for subcommand in self.subcommands:
            for word in (subcommand.name, *subcommand.aliases):
                if word in by_word:
                    raise ValueError(f"{word} is claimed by two subcommands")
                by_word[word] = subcommand
        self._by_word = MappingProxyType(by_word)

    def find(self, word: str) -> Subcommand:
        """Give the subcommand that a word names; raise UserError with the likeliest ones."""
        found = self._by_word.get(word.lower())
        if found is not None:
            return found
        raise UserError(
            Problem(
                ErrorCode.USAGE,
                f"{self.command} has no “{word[:40]}”.",
                self._hint(word.lower()),
            )
        )

    def asked(self, text: str) -> str:
        """Name the subcommand that a text asks for, for metrics and logs; never what was typed."""
        found = self.known(text)
        return UNKNOWN if found is None else found.name

    def known(self, text: str) -> Subcommand | None:
        """Give the subcommand that a text asks for, or None if there is no such."""
        first, *_ = text.split(maxsplit=1) or ("help",)
        word = straight(first).lower()
        return self._by_word.get("help" if word in HELP_FLAGS else word)

    def help(self, name: str | None = None) -> Help:
        """Give the help of all subcommands, or of the one that a word names."""
        chosen = self.subcommands if name is None else (self.find(name),)
        groups = []
        for group in Group:
            lines = tuple(self._line(s, alone=name is not None) for s in chosen if s.group is group)
            if lines:
                groups.append((group.value, lines))
        return Help(self.command, tuple(groups))

    def usage_hint(self) -> str:
        """Give the hint that Slack shows beside the command; the manifest holds it."""
        shown = [_OPTIONAL.sub("", s.usage) for s in self.subcommands if s.group is not Group.HELP]
        return f"{' | '.join(shown[:_IN_A_HINT])} | help"

    def _line(self, subcommand: Subcommand, *, alone: bool) -> HelpLine:
        return HelpLine(
            f"{self.command} {subcommand.usage}",
            subcommand.summary,
            subcommand.aliases,
            subcommand.explained if alone else (),
        )

    def _hint(self, word: str) -> str:
        pasted = as_authorization_id(word)
        if pasted is not None:
            return f"Did you mean {self.command} show {pasted}?"
        likely = get_close_matches(word, self._by_word, n=1, cutoff=0.6)
        if likely:
            return f"Did you mean {self.command} {likely[0]}?"
        return f"{self.command} help lists what there is."


def discover() -> tuple[Subcommand, ...]:
    """Find every subcommand: each module of this package that has a ``SUBCOMMAND``."""
    modules = (
        importlib.import_module(f"{bot.commands.__name__}.{found.name}")
        for found in pkgutil.iter_modules(bot.commands.__path__)
    )
    return tuple(m.SUBCOMMAND for m in modules if hasattr(m, "SUBCOMMAND"))
