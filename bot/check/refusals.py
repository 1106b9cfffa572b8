"""Slack's words for why it takes no token, in plain ones.

Source: https://docs.slack.dev/reference/methods/auth.test
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.check.findings import Finding, problem

_INSTALL = "Install the app again in Slack, and set {setting} to the token that it gets then."
_ADMINS = "Ask the administrators of the workspace to allow the app."
_LATER = "Try again in some minutes; https://slack-status.com tells what Slack knows."


@dataclass(frozen=True)
class _Meaning:
    what: str
    remedy: str


_UNKNOWN = _Meaning(
    "Slack does not know {setting}, or does not take it from this machine's address",
    "Copy {setting} anew from the app's settings in Slack; if the app restricts addresses there, "
    "add this machine's.",
)
_BARRED = _Meaning("The workspace does not let the app use Slack's API", _ADMINS)
_MOVING = _Meaning(
    "The workspace is being moved into an Enterprise organisation", "Try again when it is moved."
)
_TROUBLE = _Meaning("Slack is in trouble", _LATER)
_MEANINGS: Mapping[str, _Meaning] = MappingProxyType(
    {
        "invalid_auth": _UNKNOWN,
        "not_authed": _UNKNOWN,
        "token_revoked": _Meaning("{setting} was revoked", _INSTALL),
        "token_expired": _Meaning(
            "{setting} has expired, since the app rotates its tokens",
            "Create the app anew from the manifest, which switches rotation off: it cannot be "
            "switched off afterwards.",
        ),
        "account_inactive": _Meaning(
            "The app was uninstalled, or its bot user was deactivated", _INSTALL
        ),
        "not_allowed_token_type": _Meaning(
            "{setting} is a token of another kind",
            "Set SLACK_BOT_TOKEN to the bot token (xoxb-…), and SLACK_APP_TOKEN to the app-level "
            "token (xapp-…).",
        ),
        "access_denied": _BARRED,
        "accesslimited": _BARRED,
        "ekm_access_denied": _BARRED,
        "enterprise_is_restricted": _BARRED,
        "forbidden_team": _BARRED,
        "no_permission": _BARRED,
        "team_access_not_granted": _BARRED,
        "two_factor_setup_required": _BARRED,
        "org_login_required": _MOVING,
        "team_added_to_org": _MOVING,
        "fatal_error": _TROUBLE,
        "internal_error": _TROUBLE,
        "request_timeout": _TROUBLE,
        "service_unavailable": _TROUBLE,
        "ratelimited": _Meaning("Slack was asked too often", _LATER),
        "missing_scope": _Meaning(
            "{setting} lacks the scope connections:write",
            "Under Basic Information in the app's settings, make an app-level token with "
            "connections:write, and set {setting} to it.",
        ),
    }
)
_OTHER = _Meaning(
    "Slack refuses {setting}", "https://docs.slack.dev/reference/methods/auth.test explains it."
)


def refused(setting: str, code: str) -> Finding:
    """Say why Slack takes no token.

    Args:
        setting: The variable that holds it.
        code: Slack's word.
    """
    meaning = _MEANINGS.get(code, _OTHER)
    what = meaning.what.format(setting=setting)
    return problem(f"{what} ({code}).", meaning.remedy.format(setting=setting))
