from dataclasses import dataclass
from enum import StrEnum


class ErrorCode(StrEnum):
    """What went wrong, by meaning; a label of metrics and a key of the record."""

    ALREADY_DECIDED = "already_decided"
    ALREADY_DISABLED_AGAIN = "already_disabled_again"
    ALREADY_RETRIED = "already_retried"
    ALREADY_REVIEWED = "already_reviewed"
    ALREADY_SO = "already_so"
    ALREADY_UNDONE = "already_undone"
    AMBIGUOUS = "ambiguous"
    APPROVAL_VOID = "approval_void"
    AUTHORIZATION_NOT_FOUND = "authorization_not_found"
    BAD_CREDENTIAL = "bad_credential"
    BEING_UNDONE = "being_undone"
    CANCELLED = "cancelled"
    CHANGED_SINCE = "changed_since"
    DENIED = "denied"
    EXPIRED = "expired"
    FAULT = "fault"
    INSTANCE_REFUSED = "instance_refused"
    INSTANCE_UNAVAILABLE = "instance_unavailable"
    INSTANCE_UNKNOWN = "instance_unknown"
    LAST_OPERATOR = "last_operator"
    HAS_LEAKED = "has_leaked"
    LEAK_ALREADY_DISABLED = "leak_already_disabled"
    LEAK_NOT_FOUND = "leak_not_found"
    LEAK_NOT_LOOKED_AT = "leak_not_looked_at"
    LEAK_OWNER_INACTIVE = "leak_owner_inactive"
    LEAK_OWNER_UNSEEN = "leak_owner_unseen"
    LEAK_SECRET_GONE = "leak_secret_gone"  # noqa: S105 - a code, not a secret
    LOOKS_LIKE_SECRET = "looks_like_secret"  # noqa: S105 - a code, not a secret
    NOTHING_ACTIVE_AGAIN = "nothing_active_again"
    NOTHING_SELECTED = "nothing_selected"
    NOTHING_TO_RETRY = "nothing_to_retry"
    NOTHING_TO_REVIEW = "nothing_to_review"
    NOT_ALLOWED = "not_allowed"
    NOT_CANCELLABLE = "not_cancellable"
    NOT_CONFIRMED_STORED = "not_confirmed_stored"
    NOT_FINISHED = "not_finished"
    NOT_IN_EFFECT = "not_in_effect"
    NOT_UNDOABLE = "not_undoable"
    NOT_YOURS = "not_yours"
    ORPHAN = "orphan"
    OUTCOME_UNKNOWN = "outcome_unknown"
    OWN_TOKEN = "own_token"  # noqa: S105 - a code, not a secret
    OWN_TOKEN_INACTIVE = "own_token_inactive"  # noqa: S105 - a code, not a secret
    OWN_USER_INACTIVE = "own_user_inactive"
    PERMISSION_MISSING = "permission_missing"
    SLACK_REFUSED = "slack_refused"
    STALE_BUTTON = "stale_button"
    STARTING = "starting"
    UNDO_WINDOW_OVER = "undo_window_over"
    UNEXPECTED_ANSWER = "unexpected_answer"
    UNKNOWN_CHANGE = "unknown_change"
    UNREVIEWED = "unreviewed"
    USAGE = "usage"


@dataclass(frozen=True)
class Problem:
    """What a person is told when something did not go as asked.

    Attributes:
        code: The meaning.
        message: What happened, one or two sentences, without markup.
        hint: What to do next, or who can help; may be empty.
        by: The Slack user id of whoever got there first; may be empty.
        helpers: The ids of Slack users and user groups that can help.
    """

    code: ErrorCode
    message: str
    hint: str = ""
    by: str = ""
    helpers: tuple[str, ...] = ()


class BotError(Exception):
    """Carry a problem; every error of the bot that a person may see is one of these."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class UserError(BotError):
    """What was asked cannot be done, and asking differently may help."""


class Effect(StrEnum):
    """Whether a failed call changed anything on the server."""

    NONE = "none"
    POSSIBLE = "possible"
    APPLIED = "applied"


class UpstreamError(BotError):
    """InfluxDB did not do what it was asked.

    Attributes:
        effect: Whether the failed call may have changed something nevertheless.
        passing: Whether it may pass by itself, so that trying again later helps.
        retry_after: Seconds that it asks to wait, or None.
    """

    def __init__(
        self, problem: Problem, effect: Effect = Effect.NONE, *, passing: bool = False
    ) -> None:
        super().__init__(problem)
        self.effect = effect
        self.passing = passing
        self.retry_after: float | None = None


class StoreUnavailableError(Exception):
    """The database did not do what it was asked, or did not say that it did."""


class LeaseLostError(Exception):
    """Another executor has taken a request over; whatever was to be saved is not."""


class NotItsTurnError(Exception):
    """Another change has to end before this one may begin; it stands in line, and nothing is sent.

    Attributes:
        ahead: The id of the change that comes first; empty if it is not known.
    """

    def __init__(self, ahead: str) -> None:
        super().__init__(ahead)
        self.ahead = ahead


class MovedOnError(Exception):
    """A person moved a request on meanwhile; whatever was to be saved is not."""


class RepeatedDeliveryError(Exception):
    """Slack, or somebody else, sent the same signed request again."""


class AuthorizationNotFoundError(UpstreamError):
    """The instance has no authorization with this id."""


class OrphanError(UpstreamError):
    """The authorization's owner is gone; InfluxDB refuses the token already."""
