"""The [owners] section of the policy file, whose keys are InfluxDB's users."""

from collections.abc import Container

from pydantic import ValidationError

from bot.changes.owners import is_user_id
from bot.changes.policy import OwnerMapping
from bot.configuration.document import Document
from bot.configuration.findings import wrong_in
from bot.configuration.sections import OWNERS, OwnersSection

_SLACK_USER = (
    "Use one person's id, U… or W…, which a profile's menu in Slack copies; a name with dots in it "
    "stands in quotes."
)
_USER = "Name a user, by name or id; with the instance before it, as in prod/telegraf."


def read_owners(document: Document, instances: frozenset[str]) -> frozenset[OwnerMapping]:
    """Read who answers for whose tokens; what is wrong is left out, and is among the findings.

    Args:
        document: The file.
        instances: The names of the InfluxDB instances.
    """
    table = document.content.get(OWNERS, {})
    if not isinstance(table, dict):
        document.findings.add((OWNERS,), "is no section", f"Write [{OWNERS}] on a line of its own.")
        return frozenset()
    numbers = {key: number for number, key in enumerate(table, start=1)}
    try:
        OwnersSection.model_validate(table)
    except ValidationError as error:
        for detail in error.errors():
            key = str(detail["loc"][0])
            wrong = wrong_in(detail)
            document.findings.add_entry((OWNERS, key), numbers[key], wrong, _SLACK_USER)
        return frozenset()
    owners: dict[tuple[str | None, str], OwnerMapping] = {}
    for key, slack_user in table.items():
        owner = _owner(key, slack_user)
        problem = _problem(owner, instances, owners.keys())
        if problem is not None:
            document.findings.add_entry((OWNERS, key), numbers[key], *problem)
        owners[owner.instance, owner.user] = owner
    return frozenset(owners.values())


def _owner(key: str, slack_user: str) -> OwnerMapping:
    """Read ``NAME``, ``ID``, ``INSTANCE/NAME`` or ``INSTANCE/ID``; a name can hold slashes then."""
    before, slash, behind = key.partition("/")
    user, instance = (behind, before) if slash else (key, None)
    return OwnerMapping(user.lower() if is_user_id(user.lower()) else user, slack_user, instance)


def _problem(
    owner: OwnerMapping, instances: frozenset[str], before: Container[tuple[str | None, str]]
) -> tuple[str, str] | None:
    """Say what is wrong with an entry's key and what to do, or None."""
    if not owner.user.strip():
        return "names no user", _USER
    if owner.instance is not None and owner.instance not in instances:
        return "names an instance that is not there", _USER
    if (owner.instance, owner.user) in before:
        return "names a user who was named before", "Leave one of them."
    return None
