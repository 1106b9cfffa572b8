"""Whoever names a token, its owner or its organisation has no hold over the bot by it."""

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    ACME,
    METRICS,
    TELEGRAF,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
    realistic_fixture,
)
from bot.sandbox.influxdb.state import api_token
from tests.slack.fit_for_people import assert_fit_for_people
from tests.slack.home.looks import entered, opened
from tests.world import World, world

SECRET = api_token("somebody's secret")
# Markup, what does not show, and what PostgreSQL takes in no text; a secret, whole and parted.
NAME = (
    "<!channel> <@U0BOB> <https://evil.example|ok> *b* `c` &lt; :skull: > q "
    f"a\x00b\x1b[2J\u202egnp\u2066\u200b\r\n\x85\u2028c {SECRET} {SECRET[:40]}\u200b{SECRET[40:]} "
    f"{'&' * 500}"
)


def named() -> dict[str, Any]:
    """Give an organisation where somebody has chosen the name of everything that has one."""
    state = realistic_fixture()
    for one in (*state["users"], *state["orgs"], *state["buckets"]):
        if one["id"] in {TELEGRAF, ACME, METRICS}:
            one["name"] = NAME
    for entry in state["authorizations"]:
        if entry["id"] in {TELEGRAF_EDGE_42, TELEGRAF_EDGE_43}:
            entry["description"] = NAME
    return state


def status(here: World, authorization_id: str) -> str:
    """Tell whether a token is active at InfluxDB."""
    return str(here.influxdb.authorization(authorization_id).status)


def kept(folder: Path) -> str:
    """Give whatever the bot has written into its files."""
    return "".join(path.read_bytes().decode("latin-1") for path in sorted(folder.iterdir()))


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
async def test_it_is_disabled_whatever_it_is_called(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    """Found, disabled, undone and told: nobody is mentioned, and no secret is kept or shown."""
    url = request.getfixturevalue("postgresql_url") if database == "PostgreSQL" else ""
    async with world(tmp_path, fixture=named(), database_url=url) as here:
        await here.start()
        await here.say(f"list {TELEGRAF_EDGE_42}")
        await here.say(f"show {TELEGRAF_EDGE_42}")
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        assert status(here, TELEGRAF_EDGE_42) == "inactive"
        (message,) = here.channel()
        await here.press(message, "Undo")
        assert status(here, TELEGRAF_EDGE_42) == "active"
        await here.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
        await here.press(here.channel()[-1], "Confirm")
        assert status(here, TELEGRAF_EDGE_43) == "inactive"
        await here.say(f"describe {TELEGRAF_EDGE_43} clean")
        await here.say("undo")
        await here.say("history")
        await opened(here)
        view = await entered(here, "Search", TELEGRAF_EDGE_42)

        assert "<!channel> <@U0BOB>" in view.plain
        assert "<!channel> <@U0BOB>" in here.last(cast.ALICE)
        assert_fit_for_people(here)
        # Undone, the description is as it was but for the secret.
        assert (
            "(hidden: looks like a secret)"
            in here.influxdb.authorization(TELEGRAF_EDGE_43).description
        )
        out = str(here.slack.journal) + kept(tmp_path)
        assert [piece for piece in (SECRET[:30], SECRET[-30:]) if piece in out] == []
