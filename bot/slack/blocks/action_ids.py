"""The names by which buttons and lists come back from Slack; none is an authority."""

from enum import StrEnum


class ActionId(StrEnum):
    """What a button stands for. All state is in the database; a value only names it."""

    UNDO_CHANGE = "undo_change"
    APPROVE_CHANGE = "approve_change"
    DENY_CHANGE = "deny_change"
    CONFIRM_CHANGE = "confirm_change"
    CANCEL_CHANGE = "cancel_change"
    RETRY_CHANGE = "retry_change"
    DISABLE_AGAIN = "disable_again"
    REVIEW_CHANGE = "review_change"
    SHOW_TOKEN = "show_token"  # noqa: S105 - the name of an action
    DISABLE_TOKEN = "disable_token"  # noqa: S105 - the name of an action
    ENABLE_TOKEN = "enable_token"  # noqa: S105 - the name of an action
    DESCRIBE_TOKEN = "describe_token"  # noqa: S105 - the name of an action
    DISABLE_WITH_REASON = "disable_with_reason"
    TOKEN_DETAILS = "token_details"  # noqa: S105 - the name of an action
    PAGE_LIST = "page_list"

    @property
    def about_change(self) -> bool:
        """Tell whether its value begins with a change's id; the log then names the change."""
        match self:
            case (
                ActionId.UNDO_CHANGE
                | ActionId.APPROVE_CHANGE
                | ActionId.DENY_CHANGE
                | ActionId.CONFIRM_CHANGE
                | ActionId.CANCEL_CHANGE
                | ActionId.RETRY_CHANGE
                | ActionId.DISABLE_AGAIN
                | ActionId.REVIEW_CHANGE
            ):
                return True
            case (
                ActionId.SHOW_TOKEN
                | ActionId.DISABLE_TOKEN
                | ActionId.ENABLE_TOKEN
                | ActionId.DESCRIBE_TOKEN
                | ActionId.DISABLE_WITH_REASON
                | ActionId.TOKEN_DETAILS
                | ActionId.PAGE_LIST
            ):
                return False


NOTE = "note"
"""The place of what stands in the note that a timer is about to end."""

ORDER = "try_first"
"""The block id of the list from which tokens are chosen that may be the leaked one."""


def drift_number(place: str) -> int:
    """Read which drift a Disable again is about; what is no place names none that there is."""
    if not place:
        return 0
    return int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
