"""A made-up company's InfluxDB for demo, sandbox and tests: who is there and which tokens exist."""

from typing import Any

from bot.sandbox.influxdb.permissions import ACTIONS, GRANTABLE_TYPES
from bot.sandbox.influxdb.state import api_token

Json = dict[str, Any]

BOT_API_TOKEN = "sandbox-made-up-API-token-of-token-bot_no-secret-of-anybody_".ljust(86, "A") + "=="
"""The API token the bot itself uses, in the shape of a real one."""

ACME = "0e840d0483803000"
GLOBEX = "0f76063d96003000"

OPERATOR = "0e840d0483803001"
TOKEN_BOT = "0e8d52d854803000"  # noqa: S105 (the id of a user of that name)
ALICE = "0e8d5322e0803000"
BOB = "0ea969abae003000"
CAROL = "0f0b90b49dc03000"
DAVE_WHO_LEFT = "0f0b92967a403000"
TELEGRAF = "0e840d0499003000"
GRAFANA = "0e840d0499003001"
HOME_ASSISTANT = "0ea969abae003001"
CI = "0ea969abae003002"
ERIN = "0f76063d96003001"

METRICS = "0e840d0483803002"
LOGS = "0e840d0499003002"
HOME = "0ea969abae003003"
BACKUPS = "0ea969abae003004"
PARTNER_FEED = "0f76063d96003002"
DROPPED_BUCKET = "0f0b92967a403001"

SETUP_TOKEN = "0e840d0483803003"  # noqa: S105 (the id of an authorization)
TELEGRAF_EDGE_42 = "0e840d0499003003"
GRAFANA_DASHBOARDS = "0e840d0499003004"
BOT_AUTHORIZATION = "0e8d52d854803001"
ALICE_ALL_ACCESS = "0e8d5322e0803001"
HOME_AUTOMATION = "0ea969abae003005"
CI_BACKUP = "0ea969abae003006"
INACTIVE_LOAD_TEST = "0f0b90b49dc03001"
AWKWARD = "0f0b90b49dc03002"
ORPHAN = "0f0b92967a403002"
GLOBEX_INGEST = "0f76063d96003003"
TELEGRAF_EDGE_43 = "0fd43095c6003000"
UNDESCRIBED = "101b228f7bc03000"
CAPACITY_REPORT = "1053fcc244403000"


def realistic_fixture() -> Json:
    """Build the fixture: organizations acme and globex, their users, buckets and authorizations.

    Two authorizations may do everything: the one of the setup, and the bot's own, whose owner
    ``token-bot`` owns nothing else. One is inactive, one is an orphan, one has no description and
    one a description full of Slack's and HTML's own characters.
    """
    return {
        "orgs": [{"id": ACME, "name": "acme"}, {"id": GLOBEX, "name": "globex"}],
        "users": [
            {"id": user_id, "name": name, "status": "active"}
            for user_id, name in (
                (OPERATOR, "operator"),
                (TOKEN_BOT, "token-bot"),
                (ALICE, "alice"),
                (BOB, "bob"),
                (CAROL, "carol"),
                (TELEGRAF, "telegraf"),
                (GRAFANA, "grafana"),
                (HOME_ASSISTANT, "home-assistant"),
                (CI, "ci"),
                (ERIN, "erin"),
            )
        ],
        "deleted_users": [DAVE_WHO_LEFT],
        "buckets": [
            {"id": METRICS, "name": "metrics"},
            {"id": LOGS, "name": "logs"},
            {"id": HOME, "name": "home"},
            {"id": BACKUPS, "name": "backups"},
            {"id": PARTNER_FEED, "name": "partner-feed"},
        ],
        "deleted_buckets": [DROPPED_BUCKET],
        "authorizations": _authorizations(),
    }


def _authorizations() -> list[Json]:
    return [
        _entry(
            SETUP_TOKEN,
            OPERATOR,
            "operator's Token",
            "2025-03-04T09:12:31.118062415+01:00",
            _everything(),
        ),
        _entry(
            TELEGRAF_EDGE_42,
            TELEGRAF,
            "telegraf on edge-42",
            "2025-03-04T09:12:31.204918377+01:00",
            [_bucket("write", METRICS)],
        ),
        _entry(
            GRAFANA_DASHBOARDS,
            GRAFANA,
            "grafana dashboards (read)",
            "2025-03-04T09:12:31.204931902+01:00",
            [_bucket("read", METRICS), _bucket("read", LOGS)],
        ),
        _entry(
            BOT_AUTHORIZATION,
            TOKEN_BOT,
            "token-bot (Slack)",
            "2025-03-11T14:03:55.730447126+01:00",
            _everything(),
        )
        | {"token": BOT_API_TOKEN},
        _entry(
            ALICE_ALL_ACCESS,
            ALICE,
            "alice, all access",
            "2025-03-11T14:05:12.066273508+01:00",
            _all_access(ACME, ALICE),
        ),
        _entry(
            HOME_AUTOMATION,
            HOME_ASSISTANT,
            "home automation",
            "2025-04-02T10:41:07.512380044+02:00",
            [_bucket("read", HOME), _bucket("write", HOME)],
        ),
        _entry(
            CI_BACKUP,
            CI,
            "CI backup job",
            "2025-04-02T10:41:07.512394617+02:00",
            [_whole("read", "buckets", ACME), _bucket("write", BACKUPS)],
        ),
        _entry(
            INACTIVE_LOAD_TEST,
            CAROL,
            "load test of June",
            "2025-06-17T16:22:48.951106233+02:00",
            [_bucket("write", METRICS)],
        )
        | {"status": "inactive", "updatedAt": "2025-06-30T18:02:11.640775901+02:00"},
        _entry(
            AWKWARD,
            CAROL,
            '*bold* <!channel> & "quotes"',
            "2025-06-17T16:22:48.951120748+02:00",
            [_bucket("read", LOGS)],
        ),
        _entry(
            ORPHAN,
            DAVE_WHO_LEFT,
            "dave's notebook",
            "2025-06-17T16:31:02.377458092+02:00",
            [_bucket("read", METRICS)],
        ),
        _entry(
            GLOBEX_INGEST,
            ERIN,
            "partner feed ingest",
            "2025-09-08T08:55:19.640512366+02:00",
            [_bucket("write", PARTNER_FEED, GLOBEX)],
        )
        | {"orgID": GLOBEX},
        _entry(
            TELEGRAF_EDGE_43,
            TELEGRAF,
            "telegraf on edge-43",
            "2025-11-20T11:17:33.208669131+01:00",
            [_bucket("write", METRICS)],
        ),
        _entry(
            UNDESCRIBED,
            BOB,
            "",
            "2026-01-14T13:48:26.095382717+01:00",
            [_whole("read", "buckets", ACME)],
        ),
        _entry(
            CAPACITY_REPORT,
            CAROL,
            "capacity report",
            "2026-02-27T17:36:41.873204559+01:00",
            [_bucket("read", METRICS), _bucket("read", DROPPED_BUCKET)],
        ),
    ]


def _entry(
    authorization_id: str,
    user_id: str,
    description: str,
    created_at: str,
    permissions: list[Json],
) -> Json:
    return {
        "id": authorization_id,
        "token": api_token(f"made up for {authorization_id}"),
        "status": "active",
        "description": description,
        "orgID": ACME,
        "userID": user_id,
        "permissions": permissions,
        "createdAt": created_at,
    }


def _bucket(action: str, bucket_id: str, org_id: str = ACME) -> Json:
    return {"action": action, "resource": {"type": "buckets", "id": bucket_id, "orgID": org_id}}


def _whole(action: str, resource_type: str, org_id: str) -> Json:
    return {"action": action, "resource": {"type": resource_type, "orgID": org_id}}


def _everything() -> list[Json]:
    return [
        {"action": action, "resource": {"type": resource_type}}
        for resource_type in GRANTABLE_TYPES
        for action in ACTIONS
    ]


def _all_access(org_id: str, user_id: str) -> list[Json]:
    """Grant what the UI calls all access: one organization whole, but of users only oneself."""
    own = {"orgs": [("read", {"type": "orgs", "id": org_id})]}
    own["users"] = [(action, {"type": "users", "id": user_id}) for action in ACTIONS]
    return [
        {"action": action, "resource": resource}
        for resource_type in GRANTABLE_TYPES
        for action, resource in own.get(
            resource_type, [(each, {"type": resource_type, "orgID": org_id}) for each in ACTIONS]
        )
    ]
