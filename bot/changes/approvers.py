import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.changes.deciding import decide
from bot.changes.decision import Allowed, Wanted
from bot.changes.people import Person, Standing
from bot.changes.policy import Policy, Role, is_group
from bot.changes.ports import Directory


@dataclass(frozen=True)
class Found:
    """Who the approvers are.

    Attributes:
        users: The user ids of those that are known to be approvers now.
        untold: The user groups, and the users, of which Slack does not tell now.
    """

    users: frozenset[str]
    untold: frozenset[str]


class Approvers:
    """Find out who the approvers are, one by one.

    Args:
        policy: Gives the policy in force.
        directory: Tells what Slack says of people.
    """

    def __init__(self, policy: Callable[[], Policy], directory: Directory) -> None:
        self._policy = policy
        self._directory = directory

    async def now(self) -> Found:
        """Give whoever may approve now: listed themselves, or by a user group.

        A guest in a group is none, nor is anybody who is deactivated or of another workspace: what
        the message says is not for them.
        """
        policy = self._policy()
        listed = policy.roles.approver
        groups = sorted(each for each in listed if is_group(each))
        members = await asyncio.gather(*(self._directory.members(group) for group in groups))
        untold = {group for group, users in zip(groups, members, strict=True) if users is None}
        candidates = {each for each in listed if not is_group(each)}.union(
            *(users for users in members if users is not None)
        )
        ids, users = sorted(candidates), set()
        for user_id, found in zip(
            ids, await asyncio.gather(*map(self._directory.find, ids)), strict=True
        ):
            if found is None:
                untold.add(user_id)
            elif self._may(policy, *found):
                users.add(user_id)
        return Found(frozenset(users), frozenset(untold))

    def _may(self, policy: Policy, person: Person, standing: Standing) -> bool:
        decision = decide(policy.alone, person, standing, Wanted(Role.APPROVER))
        return isinstance(decision, Allowed)
