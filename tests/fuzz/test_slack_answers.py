"""Slack answers anything: what was asked for is done, and nothing stumbles over the answer."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import INACTIVE_LOAD_TEST, TELEGRAF_EDGE_42
from bot.sandbox.slack import Delivery, ImpossibleInSlackError
from bot.slack.identity import BadSlackTokenError
from tests.fuzz import watch
from tests.fuzz.conftest import Fuzzing
from tests.fuzz.meddling import Distortion, Meddler, distortions, meddler
from tests.fuzz.mutations import texts, values
from tests.fuzz.portions import fuzzed
from tests.fuzz.troubled import Troubled, use_of
from tests.world import World, world

ONE = TELEGRAF_EDGE_42
ERRORS = st.fixed_dictionaries(
    {
        "ok": st.sampled_from([False, False, False, True, None, "true", 0]),
        "error": st.sampled_from(
            [
                *("invalid_auth", "ratelimited", "channel_not_found", "invalid_blocks", "no_text"),
                *(
                    "not_in_channel",
                    "missing_scope",
                    "internal_error",
                    "hash_conflict",
                    "not_found",
                ),
                *("expired_trigger_id", "user_not_found", "message_not_found", "fatal_error"),
            ]
        )
        | texts,
    }
)
ANSWERS = distortions(ERRORS | values)
# Slack's answers may keep a message from everybody; what the bot says then is in the log.
EXPECTED = ("an answer reached nobody", "Slack refused the blocks")


class WithoutSlack(Troubled):
    """A bot, and what stands between it and Slack's Web API and response URLs."""

    async def done(self, do: str) -> Delivery | None:
        """Have somebody do it."""
        slack = self.here.slack
        try:
            match do:
                case "home":
                    return await slack.open_home(cast.ALICE)
                case "search":
                    return await slack.enter_in_home(cast.ALICE, "Search", "edge")
                case "check":
                    message = slack.write(cast.CAROL, cast.INCIDENTS, f"{ONE} leaked")
                    name = cast.CHECK_MESSAGE
                    return await slack.use_message_shortcut(cast.ALICE, message, name)
                case "report":
                    return await slack.use_shortcut(cast.ALICE, cast.REPORT_LEAK)
                case "undo" | "describe_token" | "deny_change" as button:
                    return await self._pressed(button)
                case _:
                    return await slack.command(cast.ALICE, cast.INCIDENTS, "/token", do)
        except ImpossibleInSlackError:
            # What an answer has kept from the person cannot be pressed.
            return None

    def wrong_at_once(self, do: str) -> Iterator[str]:
        """A change does not depend on Slack."""
        changed = {f"disable {ONE}": "inactive", f"enable {ONE}": "active"}.get(do)
        if changed is not None and self.here.influxdb.authorization(ONE).status != changed:
            yield "it was not done"

    async def _pressed(self, button: str) -> Delivery | None:
        slack = self.here.slack
        action_id = "undo_change" if button == "undo" else button
        user = cast.BOB if button == "deny_change" else cast.ALICE
        for message in (*slack.ephemerals(user)[::-1], *self.here.channel()[::-1]):
            if any(each.action_id == action_id for each in message.buttons):
                return await slack.press(user, message, action_id=action_id)
        return None


@asynccontextmanager
async def troubled(folder: Path) -> AsyncIterator[WithoutSlack]:
    """Start a bot whose Slack is reached through a meddler."""
    async with world(folder) as here, meddler(here.slack.base_url) as between:
        here.slack.base_url = between.url
        here.settings["slack_api_url"] = f"{between.url}/api/"
        await here.start(policy=cast.TEAM)
        yield WithoutSlack(here, between)


@dataclass
class Unstarted:
    """A Slack that is asked who the bot is, when it starts."""

    here: World
    meddler: Meddler

    async def wrong(self, do: str, plan: Sequence[Distortion]) -> list[str]:
        """Start a bot, have it asked something, and end it; say what is wrong."""
        self.meddler.plan = list(plan)
        try:
            await self.here.start()
        except BadSlackTokenError:
            return []
        finally:
            self.meddler.plan = []
        delivery = await self.here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", do)
        wrong = [*watch.wrong_with_ack(delivery.status, delivery.body)]
        wrong += ["nobody is answered"] * (not delivery.body)
        await self.here.stop()
        wrong += watch.wrong_with_calls(self.here)
        return [f"{each} ({plan})" for each in wrong]


@asynccontextmanager
async def unstarted(folder: Path) -> AsyncIterator[Unstarted]:
    """Serve a Slack that is reached through a meddler."""
    async with world(folder) as here, meddler(here.slack.base_url) as between:
        here.settings["slack_api_url"] = f"{between.url}/api/"
        yield Unstarted(here, between)


DONE = st.sampled_from(
    [
        *("list", "whoami", f"show {ONE}", f"disable {ONE}", f"disable {ONE}", f"enable {ONE}"),
        *(f"enable {INACTIVE_LOAD_TEST}", f"describe {ONE} new", "leak", "pending", "undo"),
        *("home", "search", "check", "report", "describe_token", "deny_change"),
    ]
)
PLANS = st.lists(ANSWERS, min_size=1, max_size=4)


def test_any_answer_leaves_the_change_done(fuzzing: Fuzzing) -> None:
    """Whatever Slack answers, a change is carried out, and the bot goes on."""
    with fuzzing("Slack answers", troubled, lasts=12, expected=EXPECTED) as lasting:
        doing = st.tuples(DONE, PLANS)
        fuzzed(st.lists(doing, min_size=1, max_size=3), use_of(lasting), share=5, whole=700)


def test_a_bot_starts_with_any_answer(fuzzing: Fuzzing) -> None:
    """Only a token that Slack refuses keeps it from starting; whoever asks is told."""
    with fuzzing("Slack answers", unstarted, lasts=20, expected=("Slack refuses",)) as lasting:
        asking = st.tuples(st.just("whoami"), st.lists(ANSWERS, min_size=1, max_size=2))
        fuzzed(st.lists(asking, min_size=1, max_size=1), use_of(lasting), share=3, whole=300)
