"""Look up what looks like an API token, or like an id, in a message; nothing of it is stored."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import SecretStr

from bot.changes.asking import Ask
from bot.changes.deciding import decide
from bot.changes.decision import Denied, Wanted
from bot.changes.errors import UpstreamError
from bot.changes.identifying import Identification, LiveTokenOwner, identify
from bot.changes.intake import Intake
from bot.changes.locating import Whereabouts, locate
from bot.changes.policy import Policy, Role
from bot.changes.ports import Authorizations
from bot.changes.spotting import spotted
from bot.changes.update import ChangeKind


@dataclass(frozen=True)
class CheckedMessage:
    """What is known of a message. It holds no secret.

    Attributes:
        secrets: What the instances know of each that looks like an API token.
        ids: Where each id was found.
        more_secrets: How many more looked like a token, and were not looked up.
        more_ids: How many more looked like an id, and were not looked up.
        cut: Whether the message was too long to be read to its end.
        may_disable: Whether whoever asked may disable tokens.
        names: The names of the owners that were found by a token alone, where they were told.
        command: The slash command's name, for hints.
    """

    secrets: tuple[Identification, ...]
    ids: tuple[Whereabouts, ...]
    more_secrets: int
    more_ids: int
    cut: bool
    may_disable: bool
    command: str
    names: Mapping[LiveTokenOwner, str] = field(default_factory=dict)


class MessageChecks:
    """Check messages for people who may look at tokens.

    Args:
        instances: The InfluxDB instances by name.
        intake: Lets people read, and records whom it does not.
        policy: Gives the policy in force.
        clock: Tells the time.
        command: The slash command's name, for hints.
    """

    def __init__(
        self,
        instances: Mapping[str, Authorizations],
        intake: Intake,
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
        command: str,
    ) -> None:
        self._instances = instances
        self._intake = intake
        self._policy = policy
        self._clock = clock
        self._command = command

    async def check(self, ask: Ask, texts: Iterable[str]) -> CheckedMessage:
        """Check a message's texts, which are read and let go of.

        Whoever may list tokens may check a message for them.

        Args:
            ask: Who asks.
            texts: All that is written in the message.

        Raises:
            UserError: If the policy denies it.
        """
        await self._intake.admit(ask, Role.VIEWER, "check message")
        found = spotted(texts)
        secrets = [identify(self._instances, each, self._clock) for each in found.secrets]
        identified = _apart(found.secrets, await asyncio.gather(*secrets))
        located = await locate(self._instances, found.ids) if found.ids else {}
        return CheckedMessage(
            secrets=identified,
            ids=tuple(located[each] for each in found.ids),
            more_secrets=found.more_secrets,
            more_ids=found.more_ids,
            cut=found.cut,
            may_disable=self._may_disable(ask),
            command=self._command,
            names=await self._names(identified),
        )

    def _may_disable(self, ask: Ask) -> bool:
        """Tell whether a button to disable is of use; the press is decided about by itself."""
        kinds = frozenset({ChangeKind.DISABLE})
        wanted = Wanted(Role.OPERATOR, kinds=kinds, channel_id=ask.origin.channel_id)
        return not isinstance(decide(self._policy(), ask.person, ask.standing, wanted), Denied)

    async def _names(self, identified: Sequence[Identification]) -> dict[LiveTokenOwner, str]:
        owners = {owner: "" for each in identified for owner in each.owners}
        for owner in owners:
            try:
                theirs = await self._instances[owner.instance].of_user_id(owner.user_id)
            except UpstreamError:
                # The user's id says it as well.
                continue
            owners[owner] = theirs[0].user if theirs else ""
        return {owner: name for owner, name in owners.items() if name}


def _apart(
    secrets: Sequence[SecretStr], identified: Sequence[Identification]
) -> tuple[Identification, ...]:
    """Leave out what nobody knows and is only a part of another one, or holds one."""
    bare = [each.get_secret_value().rstrip("=") for each in secrets]
    unsaid = [not each.found and not each.not_proven for each in identified]
    kept: list[int] = []
    for place in sorted(range(len(bare)), key=lambda each: unsaid[each]):
        beside = (bare[each] in bare[place] or bare[place] in bare[each] for each in kept)
        if not (unsaid[place] and any(beside)):
            kept.append(place)
    return tuple(identified[place] for place in sorted(kept))
