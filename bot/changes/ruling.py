"""What is true now of whoever asked for a request, and of those who agreed to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.changes.authorization import Status
from bot.changes.deciding import decide, second_person, stop
from bot.changes.decision import Decision, Denied, NeedsApproval, Wanted
from bot.changes.policy import LIMIT_WINDOW, Policy, Role
from bot.changes.ports import Directory, Store, Transaction
from bot.changes.request import ChangeRequest
from bot.changes.tally import Tally, tally
from bot.changes.update import ChangeKind


@dataclass(frozen=True)
class Ruling:
    """What the policy says of a request now.

    Attributes:
        decision: Of its requester and of what it causes; a stop of all changes is not in it.
        stopped: What stops all changes now, or None.
        tally: The votes that count now.
        ends_freely: Whether the end of its timer, which enables, needs no second person.
    """

    decision: Decision
    stopped: Denied | None = None
    tally: Tally = field(default_factory=Tally)
    ends_freely: bool = True

    @property
    def missing_votes(self) -> int:
        """Give how many votes are missing; 0 where none are needed, or there are enough."""
        if not isinstance(self.decision, NeedsApproval):
            return 0
        return max(0, self.decision.quorum - len(self.tally.counting))


class Rulings:
    """Judge requests with what is true at the moment.

    Args:
        policy: Gives the policy in force.
        directory: Tells what Slack says of people.
        store: The database.
    """

    def __init__(self, policy: Callable[[], Policy], directory: Directory, store: Store) -> None:
        self._policy = policy
        self._directory = directory
        self._store = store

    async def of(self, request: ChangeRequest, *, stored: bool = True) -> Ruling:
        """Judge a request now: its requester's role, its voters' roles, and what stops changes.

        Args:
            request: The request.
            stored: Whether it is in the database; a draft is not, and comes after all that are.
        """
        policy = self._policy()
        async with self._store.reading() as reading:
            freeze = await reading.freeze()
            earlier = await reading.targets_asked(
                request.requester.user_id,
                request.created_at - LIMIT_WINDOW,
                request.id if stored else None,
            )
            # What happens by itself leaves those alone, and needs nobody for the others.
            leaked = not request.automatic and await enables_leaked(reading, request)
        standing = await self._directory.look_up(request.requester)
        votes = () if request.approval is None else request.approval.votes
        standings = {
            vote.voter.user_id: await self._directory.look_up(vote.voter) for vote in votes
        }
        wanted = wanted_by(request, earlier, leaked=leaked)
        return Ruling(
            decision=decide(policy.going, request.requester, standing, wanted),
            stopped=stop(policy, freeze),
            tally=tally(policy, request, standings),
            ends_freely=ends_freely(policy, wanted),
        )


async def enables_leaked(reading: Transaction, request: ChangeRequest) -> bool:
    """Tell whether a request enables what was disabled as leaked."""
    for instance, ids in _enabled(request).items():
        if await reading.disabled_as_leaked(instance, ids):
            return True
    return False


async def takes_back_break_glass(reading: Transaction, request: ChangeRequest) -> bool:
    """Tell whether a request enables what was disabled by break-glass, by whatever name."""
    for instance, ids in _enabled(request).items():
        if await reading.disabled_by_break_glass(instance, ids):
            return True
    return False


def _enabled(request: ChangeRequest) -> Mapping[str, Sequence[str]]:
    ids: dict[str, list[str]] = {}
    for target in request.targets:
        if target.update.status is Status.ACTIVE and not target.state.final:
            ids.setdefault(target.instance, []).append(target.authorization_id)
    return ids


def wanted_by(request: ChangeRequest, earlier: int, *, leaked: bool = False) -> Wanted:
    """Give what a request causes, as the policy judges it.

    Args:
        request: The request.
        earlier: How many tokens its requester has asked to change shortly before.
        leaked: Whether it enables what was disabled as leaked.
    """
    open_targets = [target for target in request.targets if not target.state.final]
    targets = len(open_targets) if request.prepared else len(request.targets)
    if request.leak is not None:
        # It is one leaked secret: what may be its token is tried one at a time, and put back.
        targets = 1
    return Wanted(
        role=Role.OPERATOR,
        kinds=request.kinds,
        targets=max(1, targets),
        # What ends by itself was judged when it was asked for.
        earlier=0 if request.automatic else earlier,
        break_glass=request.break_glass is not None,
        never_alone=request.never_alone,
        leaked=leaked,
        typed=bool(request.typed_by),
        # What is typed on the bot's own machine is asked in no place of Slack's; what follows from
        # a report was asked for with it, where that was judged.
        channel_id="" if request.typed_by or request.leak_of else request.origin.channel_id,
    )


def ends_freely(policy: Policy, wanted: Wanted) -> bool:
    """Tell whether the end of a disable, which restores what was before, needs no second person."""
    restoring = (wanted.kinds - {ChangeKind.DISABLE}) | {ChangeKind.ENABLE}
    return second_person(policy, replace(wanted, kinds=restoring, earlier=0)) is None
