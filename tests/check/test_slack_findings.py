"""What is made of Slack's answers about tokens and scopes."""

from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.changes.policy import Workspace
from bot.check.answers import Refused, Silent, Told
from bot.check.asking_slack import AskingSlack
from bot.check.findings import Severity
from bot.check.slack import Installed, Opened, SlackFacts, slack_findings, socket_findings
from bot.clock import system_clock
from bot.slack.errors import HOPELESS
from bot.slack.scopes import NEEDED, Scope
from bot.slack.web import web_client
from tests.architecture.manifests import BY_HTTP, BY_SOCKETS, read
from tests.world import APP_TOKEN, BOT_TOKEN, World, world

ADDRESS = "https://slack.com/api/"
ALL = frozenset(scope.name for scope in NEEDED)
NO_GROUPS: frozenset[str] = frozenset()


def judged(
    scopes: frozenset[str] | None, groups: frozenset[str] = NO_GROUPS
) -> list[tuple[str, str]]:
    """Judge scopes; give severity and words of what is not well."""
    bot = Installed(Workspace("T0HOME"), "home", "token-bot", scopes)
    facts = SlackFacts(ADDRESS, bot, None, has_signing_secret=True)
    return [
        (found.severity.value, found.what)
        for found in slack_findings(facts, groups)
        if found.severity is not Severity.OK and "SIGNING" not in found.what
    ]


@pytest.mark.parametrize("manifest", [BY_HTTP, BY_SOCKETS])
def test_the_manifests_ask_for_what_is_needed(manifest: str) -> None:
    """The scopes that the check looks for are those that the app is made with."""
    assert set(read(manifest)["oauth_config"]["scopes"]["bot"]) == ALL


@pytest.mark.parametrize("scope", NEEDED, ids=str)
def test_each_missing_scope_names_what_suffers(scope: Scope) -> None:
    """One line for each, with the feature that does not work without it."""
    (found,) = judged(ALL - {scope.name}, frozenset({"S0ONCALL"}))

    assert found == ("problem", f"The app lacks the scope {scope.name}. {scope.without}")


def test_what_the_policy_does_not_need_is_a_note() -> None:
    """Without user groups in the policy their scope may be missing."""
    (found,) = judged(ALL - {"usergroups:read"})

    assert found[0] == "note"


def test_more_than_is_needed_is_a_note() -> None:
    """Scopes beyond those are named, so that they can be taken away."""
    (found,) = judged(ALL | {"files:read", "channels:history"})

    assert found == (
        "note",
        "The app has scopes that it does not need: channels:history, files:read.",
    )


def test_untold_scopes_are_not_taken_for_none() -> None:
    """Without the header nothing is known of them."""
    (found,) = judged(None)

    assert found[0] == "note"


@pytest.mark.parametrize("code", [*sorted(HOPELESS), "ratelimited", "something_new"])
def test_each_refusal_has_plain_words_and_a_remedy(code: str) -> None:
    """Slack's own word stands behind them."""
    facts = SlackFacts(ADDRESS, Refused(code), None, has_signing_secret=True)

    found, _ = slack_findings(facts, NO_GROUPS)

    assert found.severity is Severity.PROBLEM
    assert found.what.endswith(f"({code}).")
    assert "{" not in found.what + found.remedy
    assert found.remedy.endswith((".", "it."))


def test_a_missing_signing_secret_is_a_problem_by_http_alone() -> None:
    """Over sockets nothing is signed."""
    by_http = slack_findings(
        SlackFacts(ADDRESS, Silent("x"), None, has_signing_secret=False), NO_GROUPS
    )
    by_sockets = slack_findings(
        SlackFacts(ADDRESS, Silent("x"), Opened(), has_signing_secret=False), NO_GROUPS
    )

    assert [each.what for each in by_http][1:] == ["SLACK_SIGNING_SECRET is missing."]
    assert [each.what for each in by_sockets if "SIGNING" in each.what] == []


async def _socket(here: World, token: str) -> Told[Opened]:
    async with aiohttp.ClientSession() as session:
        client = web_client(SecretStr(BOT_TOKEN), f"{here.slack.base_url}/api/", session)
        return await AskingSlack(client, system_clock).socket(token)


async def test_the_app_token_is_asked_about(tmp_path: Path) -> None:
    """The stand-in takes the right one, refuses another and one of the wrong kind."""
    async with world(tmp_path, socket_mode=True) as here:
        right = await _socket(here, APP_TOKEN)
        another = await _socket(here, "xapp-another")
        kind = await _socket(here, BOT_TOKEN)
        here.slack.faults.add("apps.connections.open", error="missing_scope")
        scope = await _socket(here, APP_TOKEN)

    assert (right, another, kind) == (
        Opened(),
        Refused("invalid_auth"),
        Refused("not_allowed_token_type"),
    )
    (found,) = socket_findings(ADDRESS, scope)
    assert found.what == "SLACK_APP_TOKEN lacks the scope connections:write (missing_scope)."
