"""The organisation that people try the sandbox on."""

from bot.sandbox.influxdb.entries import everything
from bot.sandbox.influxdb.grown_organisation import (
    LEAKED_DESCRIPTION,
    LEAKED_TOKEN,
    grown_fixture,
)
from bot.sandbox.influxdb.organisation import BOT_AUTHORIZATION, ORPHAN, SETUP_TOKEN


def test_it_has_something_of_everything() -> None:
    """Forty tokens in three organisations: two operator tokens, one orphan, a few inactive."""
    fixture = grown_fixture()
    tokens = {each["id"]: each for each in fixture["authorizations"]}
    users = {user["id"] for user in fixture["users"]}
    buckets = {bucket["id"] for bucket in fixture["buckets"]} | {*fixture["deleted_buckets"]}
    named = {
        permission["resource"]["id"]
        for each in tokens.values()
        for permission in each["permissions"]
        if permission["resource"]["type"] == "buckets" and "id" in permission["resource"]
    }

    assert len(tokens) == len(fixture["authorizations"]) == 40
    assert {each["orgID"] for each in tokens.values()} == {o["id"] for o in fixture["orgs"]}
    assert {key for key, each in tokens.items() if each["permissions"] == everything()} == {
        SETUP_TOKEN,
        BOT_AUTHORIZATION,
    }
    assert {key for key, each in tokens.items() if each["userID"] not in users} == {ORPHAN}
    assert sum(each["status"] == "inactive" for each in tokens.values()) == 3
    assert named <= buckets


def test_ids_follow_the_clock() -> None:
    """Whoever sorts by id sorts by age, as in an InfluxDB; and it is the same each time."""
    tokens = sorted(grown_fixture()["authorizations"], key=lambda each: str(each["id"]))
    days = [each["createdAt"][:10] for each in tokens]

    assert days == sorted(days)
    assert grown_fixture() == grown_fixture()


def test_one_token_is_there_to_be_leaked() -> None:
    """It is the one of an agent among many, and in the shape of InfluxDB's own."""
    (leaked,) = (
        each for each in grown_fixture()["authorizations"] if each["token"] == LEAKED_TOKEN
    )

    assert leaked["description"] == LEAKED_DESCRIPTION
    assert len(LEAKED_TOKEN) == 88
