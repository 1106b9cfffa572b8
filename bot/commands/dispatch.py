from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from urllib.parse import unquote

from bot.changes import outcomes
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.intake import Ask, Intake
from bot.changes.policy import Allowed, Policy, Role, decide
from bot.changes.queries import Queries
from bot.changes.request import Target
from bot.changes.secret import looks_like_secret
from bot.commands import parsing
from bot.commands.answers import Answer, Later
from bot.commands.grammar import LONGEST_TEXT, words
from bot.commands.identifiers import as_authorization_id
from bot.commands.registry import HELP_FLAGS, Registry
from bot.commands.subcommand import Call, Subcommand


class Dispatcher:
    """Take a command from its text, or a button's name, to its subcommand's answer.

    Args:
        registry: All subcommands.
        intake: Decides and stores.
        queries: Answers questions.
        policy: Gives the policy in force.
        instance: The name of the InfluxDB instance.
    """

    def __init__(
        self,
        registry: Registry,
        intake: Intake,
        queries: Queries,
        policy: Callable[[], Policy],
        instance: str,
    ) -> None:
        self._registry = registry
        self._intake = intake
        self._queries = queries
        self._policy = policy
        self._instance = instance

    async def typed(self, ask: Ask, text: str) -> Answer:
        """Carry a typed command out.

        Raises:
            UserError: If it cannot be read, is not allowed or cannot be done.
            RepeatedDeliveryError: If the same delivery was taken before.
        """
        await self._refuse_secrets(ask, text)
        if len(text) > LONGEST_TEXT:
            raise UserError(
                Problem(
                    ErrorCode.USAGE,
                    f"That is too long: {len(text):,} characters, and {LONGEST_TEXT:,} are the "
                    "most. Nothing was changed.",
                )
            )
        with _untouched():
            found = words(text, at_most=1)
            if not found or found[0].text.lower() in HELP_FLAGS:
                return self._registry.help()
            subcommand = self._registry.find(found[0].text)
        rest = text[found[0].end :]
        await self._admit(ask, subcommand, rest.split())
        with _untouched() if subcommand.changes else nullcontext():
            if _wants_help(subcommand, rest):
                return self._registry.help(subcommand.name)
            bound = parsing.arguments(subcommand, rest, self._usage(subcommand))
            call = self._call(ask, self._instance)
            return await subcommand.run(*bound.args, **bound.kwargs, call=call)

    async def pressed(
        self, ask: Ask, name: str, arguments: list[str], instance: str = ""
    ) -> Answer:
        """Carry out what a button stands for: the same as typing its command.

        Args:
            ask: Who pressed it.
            name: The subcommand.
            arguments: What follows its name.
            instance: The InfluxDB instance that the button names, if it names one.
        """
        subcommand = self._registry.find(name)
        await self._admit(ask, subcommand, arguments)
        with _untouched() if subcommand.changes else nullcontext():
            bound = parsing.bind(subcommand, ["--", *arguments], self._usage(subcommand))
            call = self._call(ask, instance or self._instance)
            return await subcommand.run(*bound.args, **bound.kwargs, call=call)

    async def page(self, ask: Ask, query_id: str) -> Answer:
        """Turn to the page of a list that a button names."""
        await self._intake.admit(ask, Role.VIEWER, "list")
        query = await self._queries.kept_query(query_id)
        if query is None:
            raise UserError(
                Problem(
                    ErrorCode.STALE_BUTTON,
                    "This list is too old to turn its pages.",
                    f"Ask again: {self._registry.command} list.",
                )
            )
        return Later(lambda: self._queries.tokens(self._instance, query))

    async def _admit(self, ask: Ask, subcommand: Subcommand, arguments: Sequence[str]) -> None:
        """Let reads through and stop whoever may not; a change that may pass stores itself."""
        denied = not isinstance(decide(self._policy(), ask.person, subcommand.role), Allowed)
        if denied or not subcommand.changes:
            # A denial is found in the history of the token that it was about.
            ids = [found for word in arguments if (found := as_authorization_id(word))]
            target = Target(self._instance, ids[0]) if ids else None
            await self._intake.admit(ask, subcommand.role, subcommand.name, target)

    async def _refuse_secrets(self, ask: Ask, text: str) -> None:
        # Copied out of an address, a token's signs may be percent-encoded.
        if not looks_like_secret(text) and not looks_like_secret(unquote(text)):
            return
        problem = Problem(
            ErrorCode.LOOKS_LIKE_SECRET,
            "That holds what looks like a secret. Nothing was stored, and nothing was changed.",
            "Slack has seen it, so treat it as leaked. Find its authorization with list and a "
            "word of the description, and disable it by its id.",
        )
        await self._intake.refuse(ask, problem, "command text")
        raise UserError(problem)

    def _usage(self, subcommand: Subcommand) -> str:
        return f"{self._registry.command} {subcommand.usage}"

    def _call(self, ask: Ask, instance: str) -> Call:
        return Call(
            ask=ask,
            intake=self._intake,
            queries=self._queries,
            policy=self._policy(),
            instance=instance,
            command=self._registry.command,
            help=self._registry.help,
        )


def _wants_help(subcommand: Subcommand, rest: str) -> bool:
    # What is taken as it is typed may hold a flag; what stands before it may not.
    found = words(rest, at_most=subcommand.verbatim_after)
    return any(word.text.lower() in HELP_FLAGS and not word.quoted for word in found)


@contextmanager
def _untouched() -> Iterator[None]:
    """Say of what could not be read that nothing was changed."""
    try:
        yield
    except UserError as error:
        if error.problem.code is not ErrorCode.USAGE:
            raise
        raise UserError(outcomes.untouched(error.problem)) from error
