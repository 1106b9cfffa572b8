"""A made-up company's InfluxDB for demo, sandbox and tests: who is there and which tokens exist."""

from bot.sandbox.influxdb.entries import Json, all_access, bucket, entry, everything, whole

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
        entry(
            SETUP_TOKEN,
            ACME,
            OPERATOR,
            "operator's Token",
            "2025-03-04T09:12:31.118062415+01:00",
            everything(),
        ),
        entry(
            TELEGRAF_EDGE_42,
            ACME,
            TELEGRAF,
            "telegraf on edge-42",
            "2025-03-04T09:12:31.204918377+01:00",
            [bucket("write", METRICS, ACME)],
        ),
        entry(
            GRAFANA_DASHBOARDS,
            ACME,
            GRAFANA,
            "grafana dashboards (read)",
            "2025-03-04T09:12:31.204931902+01:00",
            [bucket("read", METRICS, ACME), bucket("read", LOGS, ACME)],
        ),
        entry(
            BOT_AUTHORIZATION,
            ACME,
            TOKEN_BOT,
            "token-bot (Slack)",
            "2025-03-11T14:03:55.730447126+01:00",
            everything(),
        )
        | {"token": BOT_API_TOKEN},
        entry(
            ALICE_ALL_ACCESS,
            ACME,
            ALICE,
            "alice, all access",
            "2025-03-11T14:05:12.066273508+01:00",
            all_access(ACME, ALICE),
        ),
        entry(
            HOME_AUTOMATION,
            ACME,
            HOME_ASSISTANT,
            "home automation",
            "2025-04-02T10:41:07.512380044+02:00",
            [bucket("read", HOME, ACME), bucket("write", HOME, ACME)],
        ),
        entry(
            CI_BACKUP,
            ACME,
            CI,
            "CI backup job",
            "2025-04-02T10:41:07.512394617+02:00",
            [whole("read", "buckets", ACME), bucket("write", BACKUPS, ACME)],
        ),
        entry(
            INACTIVE_LOAD_TEST,
            ACME,
            CAROL,
            "load test of June",
            "2025-06-17T16:22:48.951106233+02:00",
            [bucket("write", METRICS, ACME)],
        )
        | {"status": "inactive", "updatedAt": "2025-06-30T18:02:11.640775901+02:00"},
        entry(
            AWKWARD,
            ACME,
            CAROL,
            '*bold* <!channel> & "quotes"',
            "2025-06-17T16:22:48.951120748+02:00",
            [bucket("read", LOGS, ACME)],
        ),
        entry(
            ORPHAN,
            ACME,
            DAVE_WHO_LEFT,
            "dave's notebook",
            "2025-06-17T16:31:02.377458092+02:00",
            [bucket("read", METRICS, ACME)],
        ),
        entry(
            GLOBEX_INGEST,
            GLOBEX,
            ERIN,
            "partner feed ingest",
            "2025-09-08T08:55:19.640512366+02:00",
            [bucket("write", PARTNER_FEED, GLOBEX)],
        ),
        entry(
            TELEGRAF_EDGE_43,
            ACME,
            TELEGRAF,
            "telegraf on edge-43",
            "2025-11-20T11:17:33.208669131+01:00",
            [bucket("write", METRICS, ACME)],
        ),
        entry(
            UNDESCRIBED,
            ACME,
            BOB,
            "",
            "2026-01-14T13:48:26.095382717+01:00",
            [whole("read", "buckets", ACME)],
        ),
        entry(
            CAPACITY_REPORT,
            ACME,
            CAROL,
            "capacity report",
            "2026-02-27T17:36:41.873204559+01:00",
            [bucket("read", METRICS, ACME), bucket("read", DROPPED_BUCKET, ACME)],
        ),
    ]
