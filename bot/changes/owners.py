"""Whose Slack account belongs to which InfluxDB user, as far as the policy file says."""

from bot.changes.policy import Policy


def owner_of(policy: Policy, instance: str, user_name: str, user_id: str) -> str | None:
    """Give the Slack user who answers for an InfluxDB user, or None if nobody is named.

    What is said of one instance counts before what is said of all, and an id, which never changes,
    before a name.

    Args:
        policy: The policy in force.
        instance: On which InfluxDB the user is.
        user_name: The user's name there; empty if it is not known.
        user_id: The user's id there; empty if it is not known.
    """
    # Users can have any name: one that looks like another's id must not pass for it.
    name = "" if is_user_id(user_name.lower()) else user_name
    said = {(each.instance, each.user): each.slack_user for each in policy.owners}
    keys = [(where, user) for where in (instance, None) for user in (user_id.lower(), name) if user]
    return next((said[key] for key in keys if key in said), None)


def is_user_id(written: str) -> bool:
    """Tell an InfluxDB user's id, 16 hexadecimal digits in small letters, from a name."""
    return len(written) == _ID_LENGTH and not set(written) - set("0123456789abcdef")


_ID_LENGTH = 16
