"""The made-up company at a size at which one has to search: what people try the sandbox on."""

from datetime import datetime, timedelta

from bot.sandbox.influxdb.entries import Json, all_access, bucket, entry, whole
from bot.sandbox.influxdb.organisation import (
    ACME,
    ALICE,
    AWKWARD,
    BACKUPS,
    BOB,
    CAROL,
    CI,
    ERIN,
    GLOBEX,
    GRAFANA,
    HOME,
    LOGS,
    METRICS,
    PARTNER_FEED,
    TELEGRAF,
    realistic_fixture,
)

LEAKED_TOKEN = "sandbox-made-up-leaked-API-token_no-secret-of-anybody_".ljust(86, "A") + "=="
"""The API token of one agent, to report as leaked; in the shape of a real one."""
LEAKED_DESCRIPTION = "telegraf on edge-17"

STAGING = "0f54f8a0c1403000"
FLUX_TASKS = "0ef211b7e6403000"
TERRAFORM = "0f1d4f0a0b003000"
FRANK = "0f8b1a2c9d803000"
HEIDI = "1002c5d3f1403000"

METRICS_1Y = "0ef211b7e6403001"
TRACES = "0f8b1a2c9d803001"
BILLING = "0fae60b1e7003000"
STAGING_METRICS = "0f54f8a0c1403001"

_EPOCH = datetime.fromisoformat("2017-04-09T00:00:00Z")

# Whose it is, what it is for, when it was made, and what it may; in acme unless said otherwise.
_Row = tuple[str, str, str, list[Json]]


def grown_fixture() -> Json:
    """Build the fixture: the company of `realistic_fixture`, with two dozen more authorizations.

    It is always the same one. A dozen agents share one user, as they tend to; tasks, dashboards
    and pipelines have users of their own, and people made some by hand. The one of the leaked
    token is among them, and the one that is made to test escaping is not.
    """
    fixture = realistic_fixture()
    fixture["orgs"].append({"id": STAGING, "name": "acme-staging"})
    fixture["users"] += [
        {"id": user_id, "name": name, "status": "active"}
        for user_id, name in (
            (FLUX_TASKS, "flux-tasks"),
            (TERRAFORM, "terraform"),
            (FRANK, "frank"),
            (HEIDI, "heidi"),
        )
    ]
    fixture["buckets"] += [
        {"id": METRICS_1Y, "name": "metrics-1y"},
        {"id": TRACES, "name": "traces"},
        {"id": BILLING, "name": "billing"},
        {"id": STAGING_METRICS, "name": "staging-metrics"},
    ]
    fixture["authorizations"] = [
        each for each in fixture["authorizations"] if each["id"] != AWKWARD
    ] + _authorizations()
    return fixture


def _authorizations() -> list[Json]:
    rows = [
        *((ACME, row) for row in (*_agents(), *_services(), *_people())),
        *((STAGING, row) for row in _staging()),
        (GLOBEX, (ERIN, "partner dashboard (read)", "2025-09-08T09:03:41+02:00", _feed())),
    ]
    return [_entry(org_id, row) for org_id, row in rows]


def _entry(org_id: str, row: _Row) -> Json:
    user_id, description, created_at, permissions = row
    made = entry(_id_at(created_at), org_id, user_id, description, created_at, permissions)
    if description == LEAKED_DESCRIPTION:
        made["token"] = LEAKED_TOKEN
    if description in _TURNED_OFF:
        made |= {"status": "inactive", "updatedAt": _TURNED_OFF[description]}
    return made


def _id_at(created_at: str) -> str:
    """Give the id that InfluxDB makes at a moment: milliseconds, then the machine and a count."""
    milliseconds = (datetime.fromisoformat(created_at) - _EPOCH) // timedelta(milliseconds=1)
    return f"{milliseconds << 22 | 0x3000:016x}"


_TURNED_OFF = {
    "telegraf on edge-08 (scrapped)": "2026-03-02T11:20:45.310442875+01:00",
    "load generator": "2025-10-31T18:40:09.077215340+01:00",
}


def _agents() -> list[_Row]:
    writes = [bucket("write", METRICS, ACME)]
    with_logs = [*writes, bucket("write", LOGS, ACME)]
    return [
        (TELEGRAF, "telegraf on edge-07", "2025-03-04T09:20:02.418+01:00", writes),
        (TELEGRAF, "telegraf on edge-08 (scrapped)", "2025-03-04T09:20:44.903+01:00", writes),
        (TELEGRAF, LEAKED_DESCRIPTION, "2025-03-05T15:41:18.262+01:00", writes),
        (TELEGRAF, "telegraf on edge-18", "2025-03-05T15:42:03.775+01:00", writes),
        (TELEGRAF, "telegraf on edge-21", "2025-08-19T10:12:29.540+02:00", writes),
        (TELEGRAF, "telegraf on db-1", "2025-06-02T13:05:57.114+02:00", with_logs),
        (TELEGRAF, "telegraf on db-2", "2025-06-02T13:07:21.689+02:00", with_logs),
        (TELEGRAF, "telegraf on lb-1", "2025-06-02T13:11:40.037+02:00", with_logs),
        (TELEGRAF, "telegraf, Kubernetes DaemonSet", "2026-01-20T09:30:11.826+01:00", with_logs),
    ]


def _services() -> list[_Row]:
    reads = [bucket("read", METRICS, ACME)]
    hourly = [*reads, bucket("write", METRICS_1Y, ACME), whole("read", "tasks", ACME)]
    nightly = [bucket("read", BILLING, ACME), bucket("write", BACKUPS, ACME)]
    plans = [whole("read", kind, ACME) for kind in ("buckets", "tasks", "dashboards")]
    applies = [*plans, *(whole("write", kind, ACME) for kind in ("buckets", "tasks", "dashboards"))]
    home = [bucket("read", HOME, ACME)]
    return [
        (GRAFANA, "grafana alerting", "2025-05-13T11:48:36.291+02:00", reads),
        (GRAFANA, "grafana, screen in the hall", "2025-12-01T08:17:50.642+01:00", [*reads, *home]),
        (FLUX_TASKS, "task: metrics to hourly means", "2025-05-28T16:33:12.408+02:00", hourly),
        (FLUX_TASKS, "task: deadman check of edges", "2025-05-28T16:49:55.117+02:00", reads),
        (FLUX_TASKS, "task: copy billing to backups", "2025-10-06T14:26:08.953+02:00", nightly),
        (TERRAFORM, "terraform plan (read)", "2025-07-01T09:55:33.370+02:00", plans),
        (TERRAFORM, "terraform apply", "2025-07-01T09:56:14.581+02:00", applies),
        (CI, "restore test, every night", "2025-11-11T17:02:47.266+01:00", nightly),
    ]


def _people() -> list[_Row]:
    traces = [bucket("read", TRACES, ACME), bucket("write", TRACES, ACME)]
    return [
        (ALICE, "influx CLI, alice's laptop", "2025-04-24T18:21:39.804+02:00", traces),
        (BOB, "influx CLI, bob", "2025-08-07T12:14:05.498+02:00", [whole("read", "tasks", ACME)]),
        (CAROL, "audit export", "2026-02-03T10:08:22.715+01:00", [bucket("read", LOGS, ACME)]),
        (FRANK, "frank's Jupyter", "2025-09-25T15:59:17.033+02:00", traces),
        (FRANK, "billing forecast", "2025-10-09T11:34:51.260+02:00", [_billing()]),
        (HEIDI, "heidi, all access", "2026-01-05T09:12:40.187+01:00", all_access(ACME, HEIDI)),
    ]


def _staging() -> list[_Row]:
    writes = [bucket("write", STAGING_METRICS, STAGING)]
    reads = [bucket("read", STAGING_METRICS, STAGING)]
    return [
        (TELEGRAF, "telegraf on staging-1", "2025-08-14T14:44:28.926+02:00", writes),
        (GRAFANA, "grafana of staging", "2025-08-14T15:02:10.351+02:00", reads),
        (CI, "load generator", "2025-08-26T10:37:43.572+02:00", writes),
    ]


def _feed() -> list[Json]:
    return [bucket("read", PARTNER_FEED, GLOBEX)]


def _billing() -> Json:
    return bucket("read", BILLING, ACME)
