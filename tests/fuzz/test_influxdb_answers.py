"""InfluxDB answers anything: there is a result or a named error, and people are told."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import strategies as st
from pydantic import SecretStr

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import BotError, Effect, UpstreamError
from bot.changes.ports import Filter
from bot.changes.update import AuthorizationUpdate
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries
from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.organisation import (
    BOT_API_TOKEN,
    INACTIVE_LOAD_TEST,
    TELEGRAF,
    TELEGRAF_EDGE_42,
    realistic_fixture,
)
from bot.sandbox.serving import serve
from bot.sandbox.slack import Delivery
from tests.fuzz import canaries, watch
from tests.fuzz.canaries import TYPED
from tests.fuzz.conftest import Fuzzing
from tests.fuzz.meddling import Distortion, Meddler, distortions, meddler
from tests.fuzz.mutations import texts, values
from tests.fuzz.portions import fuzzed
from tests.fuzz.troubled import Troubled, use_of
from tests.reporting import PLACE_FIELD, SECRET_FIELD, secret_of
from tests.world import BRISK, Now, world

ONE = TELEGRAF_EDGE_42
HASTY = Retries(attempts=2, seconds=0.5, first_pause=0.0001, longest_pause=0.0002)
REFUSALS = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["unauthorized", "not found", "invalid", "forbidden"]) | texts,
        "message": st.sampled_from(
            [
                *("token is inactive", "user not found", "authorization not found", "read: x"),
                *("User is inactive", "unauthorized access", "<!channel> *x*", TYPED),
                *(f"{BOT_API_TOKEN} is unauthorized", f"read:users/{TELEGRAF} is unauthorized"),
            ]
        )
        | texts,
    }
)
ANSWERS = distortions(REFUSALS | values)


@dataclass
class Clients:
    """A client, and what stands between it and the server."""

    client: InfluxDBClient
    meddler: Meddler

    async def wrong(self, ask: str, plan: Sequence[Distortion]) -> list[str]:
        """Ask something, and say what is wrong with what comes of it."""
        self.meddler.plan = list(plan)
        outcome: object
        try:
            outcome = await self._calls[ask]()
        except BotError as error:
            outcome = error
        self.meddler.plan = []
        wrong = []
        if isinstance(outcome, BotError):
            wrong += [f"{secret}… in the error" for secret in canaries.found_in(told(outcome))]
            if not outcome.problem.message.endswith("."):
                wrong.append(f"not a sentence: {outcome.problem.message!r}")
        if isinstance(outcome, UpstreamError) and ask != "update":
            wrong += ["a reading has had an effect"] * (outcome.effect is not Effect.NONE)
        elif ask == "list" and not (isinstance(outcome, BotError) or _lists(outcome)):
            wrong.append("no list of authorizations")
        return [f"{each} ({ask}: {plan})" for each in wrong]

    @property
    def _calls(self) -> dict[str, Callable[[], Awaitable[object]]]:
        client = self.client
        disabling = AuthorizationUpdate(status=Status.INACTIVE)
        return {
            "list": lambda: client.list(Filter(user="telegraf")),
            "get": lambda: client.get(ONE),
            "update": lambda: client.update(ONE, disabling, None),
            "own_token": client.own_token,
            "own_user": client.own_user,
            "user_active": lambda: client.user_active(TELEGRAF),
            "of_user_id": lambda: client.of_user_id(TELEGRAF),
            "probe": lambda: client.probe(SecretStr(secret_of(ONE))),
            "find_by_secret": lambda: client.find_by_secret(SecretStr(TYPED)),
            "check_credential": client.check_credential,
            "ping": client.ping,
        }


def _lists(outcome: object) -> bool:
    return isinstance(outcome, list) and all(isinstance(e, Authorization) for e in outcome)


ASKED = (
    *("list", "get", "update", "own_token", "own_user", "user_active", "of_user_id", "probe"),
    *("find_by_secret", "check_credential", "ping"),
)


def told(error: BotError) -> str:
    """Give all that an error says, to people and in the log."""
    return f"{error!r} {error} {error.problem} {error.__cause__!r}"


@asynccontextmanager
async def clients(folder: Path) -> AsyncIterator[Clients]:
    """Serve an InfluxDB, and reach it through a meddler."""
    del folder
    stand_in = InfluxDBStandIn(realistic_fixture(), Now())
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve(stand_in.app))
        between = await stack.enter_async_context(meddler(url))
        client = InfluxDBClient(
            name="default",
            url=between.url,
            token=SecretStr(BOT_API_TOKEN),
            timeout=1.0,
            retries=HASTY,
        )
        yield Clients(await stack.enter_async_context(client), between)


class WithoutInfluxDB(Troubled):
    """A bot, and what stands between it and its InfluxDB."""

    async def done(self, do: str) -> Delivery:
        """Have Alice do it."""
        slack = self.here.slack
        if do == "home":
            return await slack.open_home(cast.ALICE)
        if do == "leak":
            await slack.command(cast.ALICE, cast.INCIDENTS, "/token", "leak")
            await self.here.settled()
            slack.fill(cast.ALICE, {SECRET_FIELD: secret_of(ONE), PLACE_FIELD: "a gist"})
            return await slack.submit(cast.ALICE)
        return await slack.command(cast.ALICE, cast.INCIDENTS, "/token", do)

    def wrong_in_the_end(self, delivery: Delivery) -> Iterator[str]:
        """Whoever asked is told."""
        if delivery.error is not None:
            yield f"Slack tells the person {delivery.error}"
        if not delivery.body and not watch.reached_somebody(self.here):
            yield "nobody is answered"


@asynccontextmanager
async def troubled(folder: Path) -> AsyncIterator[WithoutInfluxDB]:
    """Start a bot whose InfluxDB is reached through a meddler."""
    async with world(folder) as here, meddler(here.settings["influxdb_url"]) as between:
        here.timing = replace(BRISK, influxdb_retries=HASTY)
        here.settings["influxdb_url"] = between.url
        await here.start()
        yield WithoutInfluxDB(here, between)


DONE = st.sampled_from(
    [
        *("list", "list --user telegraf", f"show {ONE}", f"disable {ONE}", f"enable {ONE}"),
        *(f"enable {INACTIVE_LOAD_TEST}", f"describe {ONE} new", "undo", "history", "home", "leak"),
        *("disable --user telegraf", f"disable {ONE} --for 2h", f"show {ONE[:-1]}f"),
    ]
)
PLANS = st.lists(ANSWERS, min_size=1, max_size=4)


def test_any_answer_gives_a_result_or_a_named_error(fuzzing: Fuzzing) -> None:
    """Whatever is answered, a call makes nothing else of it, and no secret comes out of it."""
    with fuzzing("InfluxDB answers", clients, lasts=25) as lasting:
        asking = st.tuples(st.sampled_from(ASKED), PLANS)
        fuzzed(st.lists(asking, min_size=2, max_size=8), use_of(lasting), share=10, whole=1_000)


def test_any_answer_is_told(fuzzing: Fuzzing) -> None:
    """Whatever InfluxDB answers meanwhile, whoever asked is told what came of it."""
    with fuzzing("InfluxDB answers", troubled, lasts=12) as lasting:
        doing = st.tuples(DONE, PLANS)
        fuzzed(st.lists(doing, min_size=1, max_size=3), use_of(lasting), share=4, whole=500)
