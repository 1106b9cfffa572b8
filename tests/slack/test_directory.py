"""What Slack says of people: kinds of accounts, user groups, and what is said while it is down."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from structlog.testing import capture_logs

from bot.changes.deciding import decide
from bot.changes.decision import Allowed, Denied, Wanted
from bot.changes.people import Account, Person, Standing
from bot.changes.policy import Policy, PolicySource, Role, Roles, Workspace
from bot.changes.ports import Directory
from bot.changes.update import ChangeKind
from bot.sandbox import slack as stand_in
from bot.sandbox.serving import serve
from bot.sandbox.slack import RateLimits, SlackStandIn, Usergroup
from bot.slack.directory import SlackDirectory

T = TypeVar("T")

TOKEN = "xoxb-made-up"
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ALICE = Person("U0ALICE", "T0HOME")
BOB = Person("U0BOB", "T0HOME")
MALLORY = Person("U0MALLORY", "T0HOME")
ROLES = Roles(operator=frozenset({"U0ALICE", "S0ONCALL"}), approver=frozenset({"S0SECURITY"}))
GROUPS = ("S0ONCALL", "S0SECURITY")
DISABLE = Wanted(Role.OPERATOR, frozenset({ChangeKind.DISABLE}))
MEMBERS = "usergroups.users.list"
INFO = "users.info"


class Office:
    """A workspace, its clock, and a directory of it.

    Alice is listed by her own id, Bob by the group S0ONCALL, Mallory not at all.
    """

    def __init__(self, *, rate_limits: RateLimits | None = None) -> None:
        self.now = MORNING
        self.roles = ROLES
        self._looked = asyncio.Event()
        self.slack = SlackStandIn(
            lambda: self.now, signing_secret="shh", bot_token=TOKEN, rate_limits=rate_limits
        )
        for user_id, name in (("U0ALICE", "alice"), ("U0BOB", "bob"), ("U0MALLORY", "mallory")):
            self.slack.add_person(stand_in.Person(user_id, name))
        self.on_call("U0BOB")
        self.slack.add_usergroup(Usergroup("S0SECURITY", "security"))

    def on_call(self, *members: str) -> None:
        """Have these people, and nobody else, on call."""
        self.slack.add_usergroup(Usergroup("S0ONCALL", "oncall", members))

    def directory(self, url: str, tick: float = 0.01) -> SlackDirectory:
        """Make a directory that remembers nothing yet."""
        client = AsyncWebClient(token=TOKEN, base_url=f"{url}/api/", retry_handlers=[])
        return SlackDirectory(client, self._roles, lambda: self.now, tick=tick)

    def _roles(self) -> Roles:
        self._looked.set()
        return self.roles

    async def until(self, condition: Callable[[], T | None]) -> T:
        """Wait until the background has come so far, and give what the condition gives.

        It is looked at in each round of the background, which asks for the roles.
        """
        async with asyncio.timeout(5):
            while not (found := condition()):
                self._looked.clear()
                await self._looked.wait()
        return found

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def asked(self, method: str) -> list[str]:
        """Give whom or what a method was asked for, in order."""
        calls = [call for call in self.slack.journal if call.method == method]
        return [
            str(call.arguments.get("user") or call.arguments.get("usergroup")) for call in calls
        ]

    def judged(self, person: Person, standing: Standing) -> str:
        """Say what comes of it when somebody with this standing wants to disable a token."""
        policy = Policy(Workspace("T0HOME"), self.roles, PolicySource.FILE)
        decision = decide(policy, person, standing, DISABLE)
        assert isinstance(decision, Allowed | Denied)
        return f"{type(decision).__name__}: {decision.rule}"


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """A workspace that is served."""
    office = Office()
    async with serve(office.slack.app) as url:
        office.slack.base_url = url
        yield office


@pytest.fixture
def directory(office: Office) -> SlackDirectory:
    """A directory that remembers nothing yet."""
    return office.directory(office.slack.base_url)


async def test_the_directory_is_the_port(directory: SlackDirectory) -> None:
    """Cold, it knows nothing and asks nothing; once it was asked, it knows."""
    port: Directory = directory

    before = port.known(BOB)
    told = await port.look_up(BOB)

    assert before is None
    assert told == Standing(Account.MEMBER, frozenset({"S0ONCALL"}))
    assert port.known(BOB) == told


async def test_what_is_known_is_not_asked_again(office: Office, directory: SlackDirectory) -> None:
    """One call for each group and account is enough for everybody, for a minute."""
    for person in (ALICE, BOB, MALLORY, ALICE, BOB):
        await directory.look_up(person)
        office.later(seconds=11)

    assert sorted(office.asked(MEMBERS)) == list(GROUPS)
    assert office.asked(INFO) == ["U0ALICE", "U0BOB"]


@pytest.mark.parametrize(
    ("kind", "account"),
    [
        ({}, Account.MEMBER),
        ({"deleted": True, "is_bot": True, "is_restricted": True}, Account.DEACTIVATED),
        ({"is_bot": True, "is_restricted": True}, Account.BOT),
        ({"is_restricted": True}, Account.GUEST),
        ({"is_ultra_restricted": True}, Account.GUEST),
        ({"is_stranger": True}, Account.GUEST),
    ],
)
async def test_accounts_are_of_a_kind(
    office: Office, directory: SlackDirectory, kind: dict[str, Any], account: Account
) -> None:
    """Deactivated before bot before guest; whoever is none of these is a member."""
    office.slack.add_person(stand_in.Person("U0ALICE", "alice", **kind))

    assert await directory.look_up(ALICE) == Standing(account)


async def test_whose_account_does_not_matter_is_not_asked(
    office: Office, directory: SlackDirectory
) -> None:
    """Whoever is in none of the roles has no say whatever their account is."""
    standing = await directory.look_up(MALLORY)

    assert standing == directory.known(MALLORY) == Standing(Account.UNKNOWN)
    assert office.asked(INFO) == []
    assert office.judged(MALLORY, standing) == (
        "Denied: you hold no role, and this takes an operator"
    )


async def test_without_groups_and_users_nothing_is_asked(
    office: Office, directory: SlackDirectory
) -> None:
    """An empty policy is known at once."""
    office.roles = Roles()

    assert directory.known(ALICE) == await directory.look_up(ALICE) == Standing()
    assert office.slack.journal == []


async def test_look_ups_at_the_same_time_share_a_call(
    office: Office, directory: SlackDirectory
) -> None:
    """Ten people at once, on a cold cache: each group and each account is asked for once."""
    office.slack.faults.add(MEMBERS, delay=0.05, times=2)

    told = await asyncio.gather(*(directory.look_up(person) for person in [ALICE, BOB] * 5))

    assert set(told) == {
        Standing(Account.MEMBER),
        Standing(Account.MEMBER, frozenset({"S0ONCALL"})),
    }
    assert sorted(office.asked(MEMBERS)) == list(GROUPS)
    assert sorted(office.asked(INFO)) == ["U0ALICE", "U0BOB"]


async def test_whoever_gives_up_leaves_the_call_to_the_others(office: Office) -> None:
    """One that waits is cancelled; the other has its answer, of the same call."""
    arrived, answer = asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        arrived.set()
        await answer.wait()
        await office.slack.app(scope, receive, send)

    async with serve(slow) as url:
        directory = office.directory(url)
        impatient = asyncio.create_task(directory.look_up(BOB))
        await asyncio.wait_for(arrived.wait(), 5)
        patient = asyncio.create_task(directory.look_up(BOB))
        impatient.cancel()
        await asyncio.wait([impatient])
        answer.set()

        assert (await patient).groups == {"S0ONCALL"}
        assert impatient.cancelled()
        assert sorted(office.asked(MEMBERS)) == list(GROUPS)


@pytest.mark.parametrize("joins", [True, False])
async def test_a_change_of_a_group_is_seen_within_a_minute(
    office: Office, directory: SlackDirectory, *, joins: bool
) -> None:
    """Whoever joins or leaves is treated so a minute later at the latest."""
    office.on_call(*(() if joins else ("U0BOB",)))
    before = await directory.look_up(BOB)
    office.on_call(*(("U0BOB",) if joins else ()))
    office.later(seconds=59)
    lasting = directory.known(BOB)
    office.later(seconds=1)

    assert lasting == before
    assert directory.known(BOB) is None
    assert ("S0ONCALL" in (await directory.look_up(BOB)).groups) is joins


async def test_whoever_is_deactivated_is_refused_within_minutes(
    office: Office, directory: SlackDirectory
) -> None:
    """Five minutes; they are signed out by then anyhow."""
    await directory.look_up(ALICE)
    office.slack.add_person(stand_in.Person("U0ALICE", "alice", deleted=True))
    office.later(minutes=5)

    standing = await directory.look_up(ALICE)

    assert office.judged(ALICE, standing) == "Denied: your Slack account is deactivated"


TROUBLES: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 503},
    {"status": 429, "retry_after": 1},
    {"error": "internal_error"},
    {"drop": True},
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_while_groups_cannot_be_read_their_members_are_refused(
    office: Office, directory: SlackDirectory, trouble: dict[str, Any]
) -> None:
    """No guess is made about members; whoever is listed by their own id goes on."""
    office.slack.faults.add(MEMBERS, **trouble, times=99)

    of_bob, of_alice = await directory.look_up(BOB), await directory.look_up(ALICE)

    assert of_bob == directory.known(BOB) == Standing(unreadable=frozenset(GROUPS))
    assert office.judged(BOB, of_bob) == (
        "Denied: Slack does not tell now who is in the user group S0ONCALL, so this bot cannot "
        "tell whether you may"
    )
    assert office.judged(ALICE, of_alice) == "Allowed: you are an operator"


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_earlier_membership_does_not_outlast_its_minute(
    office: Office, directory: SlackDirectory, trouble: dict[str, Any]
) -> None:
    """Slack goes down: what it told before counts for the rest of the minute, and not longer."""
    await directory.look_up(BOB)
    office.slack.faults.add(MEMBERS, **trouble, times=99)
    office.later(seconds=45)
    await directory.refresh()
    within = directory.known(BOB)
    office.later(seconds=15)
    await directory.refresh()

    standing = await directory.look_up(BOB)

    assert within == Standing(Account.MEMBER, frozenset({"S0ONCALL"}))
    assert standing == directory.known(BOB) == Standing(unreadable=frozenset(GROUPS))
    assert office.judged(BOB, standing).startswith("Denied: Slack does not tell")


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_failure_is_forgotten_soon(
    office: Office, directory: SlackDirectory, trouble: dict[str, Any]
) -> None:
    """For some seconds nobody asks again; then Slack is asked, and tells."""
    office.slack.faults.add(MEMBERS, **trouble, times=99)
    await directory.look_up(BOB)
    office.slack.faults.clear()
    calls = len(office.slack.journal)
    office.later(seconds=10)
    await directory.look_up(BOB)
    within = len(office.slack.journal)
    office.later(seconds=2)
    gone = directory.known(BOB)

    told = await directory.look_up(BOB)

    assert within == calls
    assert gone is None
    assert told == Standing(Account.MEMBER, frozenset({"S0ONCALL"}))


async def test_one_group_that_cannot_be_read_leaves_the_others(
    office: Office, directory: SlackDirectory
) -> None:
    """A group that Slack does not know is unreadable; members of others go on."""
    office.roles = replace(ROLES, viewer=frozenset({"S0NOSUCH"}))

    standing = await directory.look_up(BOB)

    assert standing == Standing(
        Account.MEMBER, frozenset({"S0ONCALL"}), unreadable=frozenset({"S0NOSUCH"})
    )
    assert office.judged(BOB, standing).startswith("Allowed")


async def test_slack_is_left_alone_for_as_long_as_it_asks(
    office: Office, directory: SlackDirectory
) -> None:
    """After a 429 its method is not called before Retry-After; other methods are."""
    office.roles = replace(ROLES, approver=frozenset())
    office.slack.faults.add(MEMBERS, status=429, retry_after=30)
    await directory.look_up(ALICE)
    for _ in range(2):
        office.later(seconds=14)
        await directory.refresh()
        await directory.look_up(ALICE)
    waited = office.asked(MEMBERS)
    office.later(seconds=12)

    standing = await directory.look_up(BOB)

    assert waited == ["S0ONCALL"]
    assert office.asked(INFO)[0] == "U0ALICE"
    assert standing.groups == {"S0ONCALL"}


@pytest.mark.parametrize(
    ("method", "reason", "remedy"),
    [
        (MEMBERS, "missing_scope", "Give the app the scopes of manifests/slack-app.yaml"),
        (MEMBERS, "plan_upgrade_required", "User groups need a paid Slack plan"),
        (MEMBERS, "no_such_subteam", "No user group has this id"),
        (INFO, "missing_scope", "Give the app the scopes of manifests/slack-app.yaml"),
        (INFO, "user_not_found", "No user has this id"),
        (MEMBERS, "internal_error", "It is asked again."),
    ],
)
async def test_what_is_wrong_is_logged_once_with_its_remedy(
    office: Office, directory: SlackDirectory, method: str, reason: str, remedy: str
) -> None:
    """Not every minute; and once more when Slack tells again."""
    office.roles = Roles(operator=frozenset({"S0ONCALL"} if method == MEMBERS else {"U0ALICE"}))
    office.slack.faults.add(method, error=reason, times=3)

    with capture_logs() as logs:
        for _ in range(4):
            await directory.look_up(ALICE)
            await directory.refresh()
            office.later(minutes=1)

    said, again = logs
    assert (said["event"], said["log_level"]) == ("Slack does not tell", "warning")
    assert (said["method"], said["reason"]) == (method, reason)
    assert said["id"] in {"S0ONCALL", "U0ALICE"}
    assert said["remedy"].startswith(remedy)
    assert (again["event"], again["log_level"]) == ("Slack tells again", "info")


async def test_a_refusal_is_not_asked_for_again_at_once(
    office: Office, directory: SlackDirectory
) -> None:
    """What no waiting mends is asked for once a minute, not every few seconds."""
    installation = office.slack.workspace.installation
    office.slack.workspace.installation = replace(
        installation, scopes=installation.scopes - {"usergroups:read"}
    )
    for _ in range(6):
        await directory.look_up(BOB)
        await directory.refresh()
        office.later(seconds=10)

    assert len(office.asked(MEMBERS)) == len(GROUPS)
    assert (await directory.look_up(BOB)).unreadable == set(GROUPS)


@pytest.mark.parametrize("trouble", [*TROUBLES, {"error": "user_not_found"}])
async def test_an_account_that_slack_does_not_tell_is_unknown(
    office: Office, directory: SlackDirectory, trouble: dict[str, Any]
) -> None:
    """Slack vouches for whoever is listed by their own id; a group's member could be a guest."""
    office.slack.faults.add(INFO, **trouble, times=99)

    of_alice, of_bob = await directory.look_up(ALICE), await directory.look_up(BOB)

    assert of_alice == directory.known(ALICE) == Standing(Account.UNKNOWN)
    assert office.judged(ALICE, of_alice) == "Allowed: you are an operator"
    assert of_bob == directory.known(BOB) == Standing(Account.UNKNOWN, frozenset({"S0ONCALL"}))
    assert office.judged(BOB, of_bob) == (
        "Denied: Slack does not tell now what kind of account you have, so this bot cannot tell "
        "whether you may"
    )


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "[]",
        '"users"',
        '{"ok": true}',
        '{"ok": true, "users": "U0BOB", "user": "U0BOB"}',
        '{"ok": true, "users": null, "user": null}',
        "<html>502 Bad Gateway</html>",
        "",
    ],
)
@pytest.mark.parametrize("media_type", ["application/json", "text/html"])
async def test_an_answer_that_is_none_tells_nothing(
    office: Office, body: str, media_type: str
) -> None:
    """Whatever stands between here and Slack answers: unreadable, unknown, and no exception."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Request(scope, receive).body()
        await Response(body, media_type=media_type)(scope, receive, send)

    async with serve(app) as url:
        directory = office.directory(url)
        of_alice, of_bob = await asyncio.gather(directory.look_up(ALICE), directory.look_up(BOB))

        assert of_alice == directory.known(ALICE) == Standing(unreadable=frozenset(GROUPS))
        assert of_bob == directory.known(BOB) == Standing(unreadable=frozenset(GROUPS))


@asynccontextmanager
async def in_background(directory: SlackDirectory) -> AsyncIterator[None]:
    """Keep a directory fresh for as long as the context is open."""
    task = asyncio.create_task(directory.keep_fresh())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_in_the_background_nobody_has_to_wait(
    office: Office, directory: SlackDirectory
) -> None:
    """Groups are filled by themselves, and refreshed before they go stale."""
    async with in_background(directory):
        await office.until(lambda: directory.known(ALICE))
        office.later(seconds=45)
        await office.until(lambda: len(office.asked(MEMBERS)) == 4)
        office.later(seconds=30)

        assert await office.until(lambda: directory.known(ALICE)) == Standing(Account.MEMBER)
        assert len(office.asked(MEMBERS)) == 4


async def test_changes_are_seen_in_the_background(
    office: Office, directory: SlackDirectory
) -> None:
    """Whoever joins a group may within a minute, without anybody having asked."""
    async with in_background(directory):
        await office.until(lambda: directory.known(MALLORY))
        office.on_call("U0MALLORY")
        office.later(seconds=45)
        await office.until(lambda: directory.known(MALLORY) != Standing())

        assert await office.until(lambda: directory.known(MALLORY)) == Standing(
            Account.MEMBER, frozenset({"S0ONCALL"})
        )


async def test_slack_down_and_up_again_in_the_background(
    office: Office, directory: SlackDirectory
) -> None:
    """Without anybody asking, groups become unreadable in time, and readable again."""
    async with in_background(directory):
        await office.until(lambda: directory.known(MALLORY))
        office.slack.faults.add(MEMBERS, status=500, times=99)
        office.later(minutes=1)
        down = await office.until(lambda: directory.known(MALLORY))
        office.slack.faults.clear()
        office.later(seconds=13)
        up = await office.until(lambda: directory.known(MALLORY))

    assert down == Standing(unreadable=frozenset(GROUPS))
    assert up == Standing()


async def test_people_seen_lately_are_kept_fresh(office: Office, directory: SlackDirectory) -> None:
    """A member of a group, for 15 minutes; users of the roles always."""
    await directory.look_up(BOB)
    asked = []
    for _ in range(6):
        office.later(minutes=4)
        await directory.refresh()
        asked.append(office.asked(INFO).count("U0BOB"))

    assert asked == [2, 3, 4, 4, 4, 4]
    assert office.asked(INFO).count("U0ALICE") == 6


@pytest.mark.parametrize("groups", [1, 7, 30])
async def test_the_background_stays_well_within_slacks_limits(groups: int) -> None:
    """Many groups and users: never above Slack's rate, and no group goes stale."""
    office = Office(rate_limits=RateLimits())
    ids = [f"S0GROUP{number}" for number in range(groups)]
    users = [f"U0USER{number}" for number in range(150)]
    for each in ids:
        office.slack.add_usergroup(Usergroup(each, each.lower(), ("U0BOB",)))
    for each in users:
        office.slack.add_person(stand_in.Person(each, each.lower()))
    office.roles = Roles(operator=frozenset(ids), viewer=frozenset(users))
    unknown = []
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve(office.slack.app))
        directory = office.directory(url)
        for second in range(0, 420, 5):
            await directory.refresh()
            if directory.known(MALLORY) is None:
                unknown.append(second)
            office.later(seconds=5)

    calls = office.slack.journal
    assert {call.status for call in calls} == {200}
    assert busiest(office, MEMBERS) <= 12
    assert busiest(office, INFO) <= 50
    assert [second for second in unknown if second > 180] == []
    # Whoever is in a group alone is asked about beforehand.
    assert set(office.asked(INFO)) == {*users, "U0BOB"}


def busiest(office: Office, method: str) -> int:
    """Give the most calls of a method within any minute."""
    at = [call.at for call in office.slack.journal if call.method == method]
    minute = timedelta(minutes=1)
    return max(sum(begin <= each < begin + minute for each in at) for begin in at)
