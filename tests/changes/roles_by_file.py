"""A policy file's roles, and people who hold them or none."""

from bot.changes.people import Account, Person, Standing
from bot.changes.policy import (
    Policy,
    PolicySource,
    Roles,
    Workspace,
)

POLICY = Policy(
    home=Workspace("T0HOME"),
    roles=Roles(
        viewer=frozenset({"U0VERA", "S0SRE"}),
        operator=frozenset({"U0OTTO", "S0ONCALL"}),
        approver=frozenset({"U0ANNA", "S0SECURITY"}),
    ),
    source=PolicySource.FILE,
)
OTTO = Person("U0OTTO", "T0HOME")
ANNA = Person("U0ANNA", "T0HOME")
VERA = Person("U0VERA", "T0HOME")
EVE = Person("U0EVE", "T0HOME")
MEMBER = Standing(Account.MEMBER)


def unreadable(*groups: str) -> Standing:
    """Give the standing of somebody of whom Slack does not tell whether they are in these."""
    return Standing(Account.MEMBER, unreadable=frozenset(groups))
