"""What can be wrong with a setup, one thing at a time, and the line by which `check` names it."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.bootstrap import open_store
from bot.sandbox import cast
from bot.sandbox.influxdb import Mode
from bot.sandbox.influxdb.organisation import (
    ALICE_ALL_ACCESS,
    BOT_AUTHORIZATION,
    ORPHAN,
    TOKEN_BOT,
    realistic_fixture,
)
from bot.sandbox.slack import Channel, Usergroup
from tests.process.bot_process import environment
from tests.world import World, world

NOWHERE = "http://127.0.0.1:1"
NO_AUTHORIZATION = "00000000000000ff"
ROLES = """
[roles]
operator = ["U0ALICE"]
approver = ["S0SECURITY"]
"""
READS = ("read:authorizations", "read:users")


@dataclass(frozen=True)
class Setting:
    """The stand-ins, the environment and the folder of the database, which a case spoils."""

    here: World
    variables: dict[str, str]
    folder: Path

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.folder / "token-bot.db"

    def policy(self, text: str) -> None:
        """Use a policy file in the place of ALLOWED_USERS."""
        file = self.folder / "token-bot.toml"
        file.write_text(text)
        self.variables["TOKEN_BOT_CONFIG"] = str(file)
        del self.variables["ALLOWED_USERS"]

    def executed(self, statement: str) -> None:
        """Change the database behind the bot's back."""
        with sqlite3.connect(self.database) as connection:
            connection.execute(statement)
        connection.close()

    def without_scope(self, scope: str) -> None:
        """Take a scope away from the app."""
        workspace = self.here.slack.workspace
        left = workspace.installation.scopes - {scope}
        workspace.installation = replace(workspace.installation, scopes=left)


Spoil = Callable[[Setting], object]


@dataclass(frozen=True)
class Misconfiguration:
    """One thing that is wrong.

    Attributes:
        line: What stands in the line about it.
        spoil: Makes it wrong.
        mode: The kind of InfluxDB.
        grants: What the bot's token may do there, such as ``read:users``; None for everything.
        used: Whether the bot has run before, so that there is a database.
        also: What stands in a line about what comes of it.
    """

    line: str
    spoil: Spoil = lambda _: None
    mode: Mode = Mode.PLAIN
    grants: tuple[str, ...] | None = None
    used: bool = False
    also: str = ""

    @asynccontextmanager
    async def set_up(self, folder: Path) -> AsyncIterator[Setting]:
        """Serve the stand-ins, with this one thing wrong."""
        async with world(folder, mode=self.mode, fixture=self._fixture()) as here:
            to = Setting(here, environment(here, folder), folder)
            if self.used:
                async with open_store(f"sqlite+aiosqlite:///{to.database}"):
                    pass
            self.spoil(to)
            yield to

    def _fixture(self) -> dict[str, Any]:
        state = realistic_fixture()
        for entry in state["authorizations"]:
            if entry["id"] == BOT_AUTHORIZATION and self.grants is not None:
                entry["permissions"] = [_permission(each) for each in self.grants]
        return state


def _permission(grant: str) -> dict[str, Any]:
    """Read ``read:users``, or ``read:users/ID`` for one of them."""
    action, _, resource = grant.partition(":")
    kind, _, one = resource.partition("/")
    return {"action": action, "resource": {"type": kind, **({"id": one} if one else {})}}


def variable(name: str, value: str) -> Spoil:
    """Set a variable to something else."""
    return lambda to: to.variables.__setitem__(name, value)


def allowed(more: str) -> Spoil:
    """List somebody more in ALLOWED_USERS."""
    return variable("ALLOWED_USERS", f"U0ALICE,{more}")


def refusing(error: str) -> Spoil:
    """Have Slack refuse the bot token with an error of its own."""
    return lambda to: to.here.slack.faults.add("auth.test", error=error)


def own(authorization_id: str) -> Spoil:
    """Configure an authorization as the bot's own."""
    return variable("INFLUXDB_OWN_AUTHORIZATION", authorization_id)


def policy(more: str) -> Spoil:
    """Use a policy file with roles and some sections more."""
    return lambda to: to.policy(ROLES + more)


def channel(told: Channel, more: str) -> Spoil:
    """Add a channel to the workspace, and name one in the policy."""

    def spoil(to: Setting) -> None:
        to.here.slack.add_channel(told)
        to.policy(f"{ROLES}\n[channels]\n{more}\n")

    return spoil


def group(told: Usergroup) -> Spoil:
    """Add a user group to the workspace, and list it."""

    def spoil(to: Setting) -> None:
        to.here.slack.add_usergroup(told)
        allowed(told.id)(to)

    return spoil


def _open_token_file(to: Setting) -> None:
    secret = to.folder / "influxdb-token"
    secret.write_text(to.variables.pop("INFLUXDB_TOKEN"))
    secret.chmod(0o644)
    url = to.variables.pop("INFLUXDB_URL")
    section = f'[[influxdb]]\nname = "eu"\nurl = "{url}"\ntoken_file = "{secret.name}"\n'
    to.policy(ROLES + section)


def _open_policy_file(to: Setting) -> None:
    to.policy(ROLES)
    Path(to.variables["TOKEN_BOT_CONFIG"]).chmod(0o666)


def _on_free_plan(to: Setting) -> None:
    to.here.slack.workspace.is_on_free_plan = True
    allowed("S0ONCALL")(to)


def _ungranted_groups(to: Setting) -> None:
    to.without_scope("usergroups:read")
    allowed("S0ONCALL")(to)


def _file_in_the_way(to: Setting) -> None:
    (to.folder / "var").write_text("")
    variable("DATABASE_URL", f"sqlite:///{to.folder}/var/token-bot.db")(to)


SLACK = {
    "token unknown": Misconfiguration(
        "Slack does not know SLACK_BOT_TOKEN", variable("SLACK_BOT_TOKEN", "xoxb-another")
    ),
    "token revoked": Misconfiguration("SLACK_BOT_TOKEN was revoked", refusing("token_revoked")),
    "uninstalled": Misconfiguration("The app was uninstalled", refusing("account_inactive")),
    "rotating": Misconfiguration("SLACK_BOT_TOKEN has expired", refusing("token_expired")),
    "in trouble": Misconfiguration("Slack is in trouble", refusing("fatal_error")),
    "unreachable": Misconfiguration(
        "Slack cannot be reached", variable("SLACK_API_URL", f"{NOWHERE}/api/")
    ),
    "not Slack": Misconfiguration(
        "Slack did not answer as its Web API does",
        lambda to: variable("SLACK_API_URL", to.variables["INFLUXDB_URL"])(to),
    ),
    "no commands": Misconfiguration(
        "lacks the scope commands. The slash command", lambda to: to.without_scope("commands")
    ),
    "no users:read": Misconfiguration(
        "lacks the scope users:read. Guests", lambda to: to.without_scope("users:read")
    ),
    "no usergroups:read": Misconfiguration(
        "lacks the scope usergroups:read. Whoever",
        _ungranted_groups,
        also="Who is in S0ONCALL cannot be read",
    ),
}

INFLUXDB = {
    "unreachable": Misconfiguration(
        "InfluxDB default cannot be reached. Check INFLUXDB_URL", variable("INFLUXDB_URL", NOWHERE)
    ),
    "not InfluxDB": Misconfiguration(
        "did not answer as InfluxDB v2 does",
        lambda to: variable("INFLUXDB_URL", to.here.slack.base_url)(to),
    ),
    "token unknown": Misconfiguration(
        "there is no such token on this server. Set INFLUXDB_TOKEN",
        variable("INFLUXDB_TOKEN", "another"),
    ),
    "token inactive": Misconfiguration(
        "The bot's own token is inactive",
        lambda to: to.here.influxdb.edit(BOT_AUTHORIZATION, status="inactive"),
    ),
    "user inactive": Misconfiguration(
        "The user whose token the bot uses is inactive or deleted",
        lambda to: to.here.influxdb.set_user_status(TOKEN_BOT, "inactive"),
    ),
    "reads nothing": Misconfiguration(
        "The bot sees no token", grants=("read:buckets", f"read:users/{TOKEN_BOT}")
    ),
    "sees itself alone": Misconfiguration(
        "there is nothing that it could manage",
        grants=(
            "read:authorizations",
            "write:authorizations",
            f"read:users/{TOKEN_BOT}",
            f"write:users/{TOKEN_BOT}",
        ),
    ),
    "changes no authorization": Misconfiguration(
        "may change none of the tokens that it sees: its token lacks write access to "
        "authorizations",
        grants=READS,
    ),
    "changes nobody's": Misconfiguration(
        "may change none of the tokens that it sees: its token lacks write access to users",
        grants=(*READS, "write:authorizations"),
    ),
    "own does not exist": Misconfiguration(
        f"INFLUXDB_OWN_AUTHORIZATION names {NO_AUTHORIZATION}, which does not exist",
        own(NO_AUTHORIZATION),
        Mode.HASHED,
    ),
    "own of somebody else": Misconfiguration(
        f"INFLUXDB_OWN_AUTHORIZATION names {ALICE_ALL_ACCESS}, which belongs to another user",
        own(ALICE_ALL_ACCESS),
        Mode.HASHED,
    ),
    "own of nobody": Misconfiguration(
        f"INFLUXDB_OWN_AUTHORIZATION names {ORPHAN}, whose owner is deleted",
        own(ORPHAN),
        Mode.HASHED,
    ),
    "own of another token": Misconfiguration(
        f"the bot's token is that of {BOT_AUTHORIZATION}", own(ALICE_ALL_ACCESS)
    ),
    "own cannot be known": Misconfiguration(
        "so disabling is refused altogether. Set INFLUXDB_OWN_AUTHORIZATION",
        mode=Mode.HASHED,
        grants=("read:authorizations", "write:authorizations", "read:users/0ea969abae003002"),
    ),
}

POLICY = {
    "nobody": Misconfiguration(
        "Nobody holds a role, so everybody is denied: set ALLOWED_USERS",
        lambda to: to.variables.pop("ALLOWED_USERS"),
    ),
    "no user": Misconfiguration("U0NOBODY in ALLOWED_USERS is no user", allowed("U0NOBODY")),
    "deactivated": Misconfiguration("U0GONE in ALLOWED_USERS is deactivated", allowed(cast.GONE)),
    "bot": Misconfiguration("U0TOKENBOT in ALLOWED_USERS is a bot", allowed("U0TOKENBOT")),
    "another workspace": Misconfiguration(
        "U0VISITOR in ALLOWED_USERS belongs to another workspace", allowed(cast.VISITOR)
    ),
    "no group": Misconfiguration("S0NONE in ALLOWED_USERS is no user group", allowed("S0NONE")),
    "empty group": Misconfiguration(
        "The user group S0EMPTY in ALLOWED_USERS is empty", group(Usergroup("S0EMPTY", "empty"))
    ),
    "disabled group": Misconfiguration(
        "The user group S0OLD in ALLOWED_USERS is disabled",
        group(Usergroup("S0OLD", "old", ("U0BOB",), is_disabled=True)),
    ),
    "free plan": Misconfiguration("User groups need a paid Slack plan", _on_free_plan),
    "quorum without the requester": Misconfiguration(
        "Requests of U0BOB, U0CAROL cannot be approved: that takes 2 votes besides the "
        "requester's own, and 2 people can approve",
        policy('[approval]\nneeded_for = ["enable"]\nquorum = 2\n'),
    ),
    "quorum of all": Misconfiguration(
        "No request can be approved: that takes 3 votes, and 2 people can approve",
        policy('[approval]\nneeded_for = ["several"]\nquorum = 3\nself_approval = true\n'),
    ),
    "channel that is none": Misconfiguration(
        "The channel C0NONE does not exist", policy('[channels]\nallowed = ["C0NONE"]\n')
    ),
    "channel without the bot": Misconfiguration(
        "The bot is not in it: The channel C0OTHER",
        channel(Channel("C0OTHER", "other", bot_is_member=False), 'allowed = ["C0OTHER"]'),
    ),
    "archived channel": Misconfiguration(
        "The channel C0OLD is archived",
        channel(Channel("C0OLD", "old", is_archived=True), 'allowed = ["C0OLD"]'),
    ),
    "feed for strangers": Misconfiguration(
        "The feed C0SHARED is shared with another organisation",
        policy(f'[channels]\nfeed = "{cast.SHARED}"\n'),
    ),
    "owner unknown": Misconfiguration(
        "U0NOBODY in [owners] is no user", policy('[owners]\ngrafana = "U0NOBODY"\n')
    ),
    "owner deactivated": Misconfiguration(
        "U0GONE in [owners] is deactivated", policy(f'[owners]\ngrafana = "{cast.GONE}"\n')
    ),
    "owner outside": Misconfiguration(
        "U0VISITOR in [owners] belongs to another workspace",
        policy(f'[owners]\ngrafana = "{cast.VISITOR}"\n'),
    ),
    "open token file": Misconfiguration("Everybody on this machine can read", _open_token_file),
    "open policy file": Misconfiguration("Everybody on this machine can write", _open_policy_file),
}

DATABASE = {
    "file in the way": Misconfiguration("none can be made", _file_in_the_way),
    "folder": Misconfiguration(
        "cannot be opened: it is no file",
        lambda to: variable("DATABASE_URL", f"sqlite:///{to.folder}")(to),
    ),
    "no database": Misconfiguration(
        "cannot be opened: file is not a database", lambda to: to.database.write_text("x" * 4096)
    ),
    "open for others": Misconfiguration(
        "Everybody on this machine can read or write",
        lambda to: to.database.chmod(0o644),
        used=True,
    ),
    "in a folder of everybody's": Misconfiguration(
        "Everybody on this machine can put another database in the place of",
        lambda to: to.database.parent.chmod(0o777),
        used=True,
    ),
    "of something else": Misconfiguration(
        "is the database of something else", lambda to: to.executed("CREATE TABLE songs (id)")
    ),
    "of a later version": Misconfiguration(
        "are of a later version than this one",
        lambda to: to.executed("UPDATE alembic_version SET version_num = '9999'"),
        used=True,
    ),
    "without its head": Misconfiguration(
        "The record has lost its head", lambda to: to.executed("DELETE FROM audit_head"), used=True
    ),
    "shorter than its head says": Misconfiguration(
        "The record does not end where its head says, at event 7",
        lambda to: to.executed("UPDATE audit_head SET sequence = 7"),
        used=True,
    ),
}

CLOCK = {
    "behind": Misconfiguration(
        "s behind Slack's; from 300 s on every request is refused",
        lambda to: to.here.now.advance(timedelta(seconds=120)),
    ),
    "ahead": Misconfiguration(
        "s ahead of Slack's; from 300 s on every request is refused",
        lambda to: to.here.now.advance(timedelta(seconds=-90)),
    ),
}

ALL = {
    f"{section}: {name}": each
    for section, cases in {
        "Slack": SLACK,
        "InfluxDB": INFLUXDB,
        "Policy": POLICY,
        "Database": DATABASE,
        "Clock": CLOCK,
    }.items()
    for name, each in cases.items()
}
