import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.changes.people import Account, Person
from bot.changes.policy import Policy, Role, is_group
from bot.changes.ports import Directory
from bot.changes.roles_held import Held, role_held


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

        A guest in a group is none, nor is anybody whose account is deactivated.
        """
        policy = self._policy()
        listed = policy.roles.approver
        groups = sorted(each for each in listed if is_group(each))
        members = await asyncio.gather(*(self._directory.members(group) for group in groups))
        untold = {group for group, users in zip(groups, members, strict=True) if users is None}
        candidates = {each for each in listed if not is_group(each)}.union(
            *(users for users in members if users is not None)
        )
        people = [Person(user_id, policy.home.team_id) for user_id in sorted(candidates)]
        standings = await asyncio.gather(*(self._directory.look_up(person) for person in people))
        users = set()
        for person, standing in zip(people, standings, strict=True):
            held = role_held(policy, person, standing)
            if isinstance(held, Held) and held.role is Role.APPROVER:
                users.add(person.user_id)
            elif standing.account is Account.UNKNOWN:
                untold.add(person.user_id)
        return Found(frozenset(users), frozenset(untold))
