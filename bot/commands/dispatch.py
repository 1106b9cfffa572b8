from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from bot.changes import outcomes
from bot.changes.asking import Ask
from bot.changes.deciding import decide
from bot.changes.decision import Denied, Wanted
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.intake import Intake
from bot.changes.policy import Policy, Role
from bot.changes.queries import Queries
from bot.changes.reversals import Reversals
from bot.changes.roles_held import role_held
from bot.changes.secret import holds_secret
from bot.changes.secret_in_words import treat_as_leaked
from bot.changes.target import Target
from bot.changes.update import SOME_DESCRIPTION
from bot.commands import parsing
from bot.commands.answers import Answer, FormWanted, Help, Later, Reading
from bot.commands.grammar import LONGEST_TEXT, words
from bot.commands.identifiers import PartOfIdError, as_authorization_id
from bot.commands.registry import HELP_FLAGS, UNKNOWN, Registry
from bot.commands.subcommand import Call, Subcommand


class Dispatcher:
    """Take a command from its text, or a button's name, to its subcommand's answer.

    Args:
        registry: All subcommands.
        intake: Decides and stores.
        reversals: Takes in undos.
        queries: Answers questions.
        policy: Gives the policy in force.
        seen_by: Says of a secret that was typed who has seen it, and what to do.
    """

    def __init__(
        self,
        registry: Registry,
        intake: Intake,
        reversals: Reversals,
        queries: Queries,
        policy: Callable[[], Policy],
        seen_by: str = "",
    ) -> None:
        self._registry = registry
        self._intake = intake
        self._reversals = reversals
        self._queries = queries
        self._policy = policy
        self._seen_by = seen_by or treat_as_leaked(f"{registry.command} leak opens a form that")

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
                return self._help(ask, None)
            subcommand = self._registry.find(found[0].text)
        rest = text[found[0].end :]
        if _takes_no_text(subcommand, rest):
            raise UserError(_IN_THE_FORM)
        await self._admit(ask, subcommand, rest.split())
        with _untouched(), _with_usage(self._usage(subcommand)):
            if _wants_help(subcommand, rest):
                return self._help(ask, subcommand.name)
            bound = parsing.arguments(subcommand, rest, self._usage(subcommand))
            call = self._call(ask, "")
            try:
                answer = await subcommand.run(*bound.args, **bound.kwargs, call=call)
            except PartOfIdError as error:
                answer = Later(partial(self._suggest, error))
        return _later_untouched(answer)

    def storable(self, text: str) -> bool:
        """Tell whether a typed command may be stored before it is decided.

        What is typed after a command that opens a form may be what belongs in there.
        """
        if holds_secret(text):
            return False
        with _untouched():
            found = words(text, at_most=1)
        name = self._registry.asked(found[0].text) if found else UNKNOWN
        if name == UNKNOWN:
            return True
        return not _takes_no_text(self._registry.find(name), text[found[0].end :])

    def form_wanted(self, text: str) -> FormWanted | None:
        """Give the form that a typed command opens, undecided; None if it opens none."""
        name = self._registry.asked(text)
        if name == UNKNOWN or len(text.split()) != 1:
            return None
        form = self._registry.find(name).form
        return None if form is None else FormWanted(form)

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
        await self._admit(ask, subcommand, arguments, instance)
        with _untouched():
            bound = parsing.bind(subcommand, arguments, self._usage(subcommand))
            call = self._call(ask, instance)
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
        return Later(lambda: self._queries.tokens(query))

    async def _admit(
        self, ask: Ask, subcommand: Subcommand, arguments: Sequence[str], instance: str = ""
    ) -> None:
        """Let reads through and stop whoever may not; a change that may pass stores itself."""
        wanted = Wanted(subcommand.role, channel_id=ask.origin.channel_id)
        decision = decide(self._policy(), ask.person, ask.standing, wanted)
        if isinstance(decision, Denied) or not subcommand.changes:
            # A denial is found in the history of the token that it was about.
            ids = [found for word in arguments if (found := as_authorization_id(word))]
            where = instance or self._queries.only_instance
            about = Target(where, ids[0], SOME_DESCRIPTION) if ids else None
            await self._intake.admit(ask, subcommand.role, subcommand.name, about)

    async def _refuse_secrets(self, ask: Ask, text: str) -> None:
        if not holds_secret(text):
            return
        problem = Problem(
            ErrorCode.LOOKS_LIKE_SECRET,
            "That holds what looks like a secret. Nothing was stored, and nothing was changed.",
            self._seen_by,
        )
        await self._intake.refuse(ask, problem, "command text")
        raise UserError(problem)

    async def _suggest(self, error: PartOfIdError) -> Reading:
        """Say what is wrong with an id that is cut off, and which tokens' it may be."""
        hint = await self._queries.suggestion(error.part) or error.problem.hint
        raise UserError(replace(error.problem, hint=hint))

    def _help(self, ask: Ask, name: str | None) -> Help:
        """Give the help, and say so to whoever may use hardly any of it."""
        told = self._registry.help(name)
        held = role_held(self._policy(), ask.person, ask.standing)
        if isinstance(held, Denied) or held.role is Role.ANYONE:
            return replace(told, note=_NOT_YOURS)
        return told

    def _usage(self, subcommand: Subcommand) -> str:
        return f"{self._registry.command} {subcommand.usage}"

    def _call(self, ask: Ask, instance: str) -> Call:
        return Call(
            ask=ask,
            intake=self._intake,
            reversals=self._reversals,
            queries=self._queries,
            policy=self._policy(),
            instance=instance,
            command=self._registry.command,
            help=partial(self._help, ask),
        )


_IN_THE_FORM = Problem(
    ErrorCode.USAGE,
    "This takes no text: what is secret belongs in the form alone. What you typed was not stored, "
    "and nothing was changed.",
    "If it was a secret, Slack has seen it, so treat it as leaked. Type the command alone, and "
    "paste it into the form.",
)
# What was asked for cannot be read, or is not there.
_UNREADABLE = frozenset({ErrorCode.USAGE, ErrorCode.UNKNOWN_CHANGE})
_NOT_YOURS = "You have no role here: you may use help and whoami alone, and whoami says why."


def _takes_no_text(subcommand: Subcommand, rest: str) -> bool:
    """Tell whether a text stands behind a command that only opens a form; help is none."""
    if subcommand.form is None or subcommand.verbatim_after is not None:
        return False
    return bool(rest.strip()) and rest.strip().lower() not in HELP_FLAGS


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
        if error.problem.code not in _UNREADABLE:
            raise
        raise UserError(outcomes.untouched(error.problem)) from error


def _later_untouched(answer: Answer) -> Answer:
    """Have a reading say the same of what it cannot read."""
    if not isinstance(answer, Later):
        return answer

    async def read() -> Reading:
        with _untouched():
            return await answer.read()

    return Later(read)


@contextmanager
def _with_usage(usage: str) -> Iterator[None]:
    """Say how a command is written where its subcommand says only what is wrong."""
    try:
        yield
    except UserError as error:
        if error.problem.code is not ErrorCode.USAGE or error.problem.hint:
            raise
        raise UserError(replace(error.problem, hint=f"Usage: {usage}")) from error
