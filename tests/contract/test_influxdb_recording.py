"""The stand-in answers as a real InfluxDB 2.7.12 did, request by request.

The recording is one sequence: each request sees the effects of those before it.
"""

import copy
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.serving import serve
from tests.counting import Count

HERE = Path(__file__).parent
RECORDING = (HERE / "influxdb-2.7.12.jsonl").read_text()
FIXTURE = (HERE / "fixture.json").read_text()

FRAMING = {"connection", "content-length", "date", "transfer-encoding"}
TIME = re.compile(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"')
UPTIME = re.compile(r'("up": )"(?:\d+h)?(?:\d+m)?[\d.]+(?:m|µ)?s"')
ID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{16}(?![0-9a-zA-Z])")
API_TOKEN = re.compile(r'"[A-Za-z0-9_-]{86}=="')

PROBES = ["nope", "nobody", "doesnotexist", "new", "d2"]
"""Names, tokens and descriptions that occur in requests only."""

Json = dict[str, Any]


def clock() -> datetime:
    """Stand still: the stand-in itself must keep updatedAt moving."""
    return datetime(2026, 11, 23, 23, 45, 24, 542060, tzinfo=UTC)


def new_id(old: int) -> int:
    """Give another id for an id, keeping their order."""
    return old * 9 + 0x0123456789ABCDEF


def new_name(old: str) -> str:
    """Give another name, token or description."""
    return "z" + hashlib.sha256(old.encode()).hexdigest()[:11] + "-y"


def names_in(fixture: Json) -> set[str]:
    """Collect every name, token and description of the fixture."""
    named = [*fixture["orgs"], *fixture["users"], *fixture["buckets"]]
    described = fixture["authorizations"]
    return (
        {each["name"] for each in named}
        | {each["token"] for each in described}
        | {each["description"] for each in described if each["description"]}
    )


def rename_ids(text: str) -> str:
    """Change every id but zero, which is none."""

    def other(match: re.Match[str]) -> str:
        old = match[0]
        if int(old, 16) == 0:
            return old
        new = f"{new_id(int(old, 16)):016x}"
        return new.upper() if old != old.lower() else new

    return ID.sub(other, text)


def renamed(text: str) -> str:
    """Change all ids, tokens, names and descriptions, the same way wherever they occur.

    They occur as whole JSON strings, also quoted within one, and as values in a query.
    """
    words = sorted(names_in(json.loads(FIXTURE)) | set(PROBES), key=len, reverse=True)
    alternatives = "|".join(re.escape(word) for word in words)
    whole = re.compile(rf'(?<=["=])(?:{alternatives})(?=["&\\])')
    return rename_ids(whole.sub(lambda match: new_name(match[0]), text))


def same(text: str) -> str:
    """Change nothing."""
    return text


def masked(body: str) -> str:
    """Replace times by their order of appearance, and a token the server made by a word.

    Two equal times stay equal: an answer whose updatedAt must equal its createdAt is told from
    one whose updatedAt has moved on.
    """
    seen: dict[str, str] = {}
    numbers = count(1)

    def numbered(match: re.Match[str]) -> str:
        if match[0] not in seen:
            seen[match[0]] = f'"time {next(numbers)}"'
        return seen[match[0]]

    body = API_TOKEN.sub('"a new API token"', TIME.sub(numbered, body))
    return UPTIME.sub(r'\1"a while"', body)


def summary(body: Json) -> Json:
    """Sum up a long answer as the recording does."""

    def entry(authorization: Json) -> Json:
        return {
            "id": authorization["id"],
            "status": authorization["status"],
            "description": authorization["description"],
            "permissions": len(authorization["permissions"]),
        }

    if "authorizations" in body:
        return {"authorizations": [entry(each) for each in body["authorizations"]]}
    description = f"<{len(body['description'])} characters>"
    return {"id": body["id"], "status": body["status"], "description": description}


def differences(recorded: Json, answer: httpx.Response) -> list[str]:
    """Say in what an answer differs from the recorded one."""
    found = []
    if answer.status_code != recorded["status"]:
        found.append(f"status {answer.status_code}, recorded {recorded['status']}")
    expected = {name.lower(): value for name, value in recorded["headers"].items()}
    expected = {name: value for name, value in expected.items() if name not in FRAMING}
    actual = {name: value for name, value in answer.headers.items() if name not in FRAMING}
    if actual != expected:
        found.append(f"headers {actual}, recorded {expected}")
    if recorded["body"] is None:
        if (summed := summary(answer.json())) != recorded["body_summary"]:
            found.append(f"body holds {summed}, recorded {recorded['body_summary']}")
    elif masked(answer.text) != masked(recorded["body"]):
        found.append(f"body {answer.text!r}, recorded {recorded['body']!r}")
    return found


async def send(client: httpx.AsyncClient, request: Json) -> httpx.Response:
    """Send a request as it was recorded: its body as Latin-1, so that é was no valid UTF-8."""
    headers = dict(request["headers"])
    if request["token"] is not None:
        headers["Authorization"] = f"{request['scheme']} {request['token']}"
    body = request["body"]
    return await client.request(
        request["method"],
        request["path"],
        headers=headers,
        content=None if body is None else body.encode("latin-1"),
    )


async def replay(stand_in: InfluxDBStandIn, recording: list[Json]) -> dict[str, list[str]]:
    """Send all requests in order; give the differences by number and label.

    The id of an authorization made on the way is the server's choice: from then on it stands for
    the recorded one.
    """
    outcome: dict[str, list[str]] = {}
    async with serve(stand_in.app) as url, httpx.AsyncClient(base_url=url) as client:
        for number, recorded in enumerate(recording, start=1):
            answer = await send(client, recorded["request"])
            if answer.status_code == recorded["status"] == 201:
                chosen = json.loads(recorded["body"])["id"]
                recorded["body"] = recorded["body"].replace(chosen, answer.json()["id"])
            outcome[f"{number} {recorded['label']}"] = differences(recorded, answer)
    return outcome


def loaded(change: Callable[[str], str]) -> tuple[Json, list[Json]]:
    """Load fixture and recording, changed as text."""
    fixture = json.loads(change(FIXTURE))
    return fixture, [json.loads(line) for line in change(RECORDING).splitlines()]


def stand_in_of(fixture: Json) -> InfluxDBStandIn:
    """Build the stand-in for the recorded server, a build without a version stamp."""
    return InfluxDBStandIn(fixture, clock, stamped=False)


@pytest.mark.parametrize(
    ("change", "run"),
    [
        pytest.param(same, "as recorded", id="as recorded"),
        pytest.param(renamed, "all ids, tokens and names changed", id="renamed"),
    ],
)
async def test_answers_as_recorded(
    change: Callable[[str], str],
    run: str,
    count: Count,
) -> None:
    """Every recorded request gets its status, headers and body; none is left out."""
    fixture, recording = loaded(change)

    outcome = await replay(stand_in_of(fixture), recording)

    alike = sum(not found for found in outcome.values())
    count(f"InfluxDB recording, {run}: {alike} of {len(outcome)} requests in scope answered alike")
    wrong = {label: found for label, found in outcome.items() if found}
    assert wrong == {}
    assert len(RECORDING.splitlines()) == len(outcome)


async def test_recorded_requests_leave_their_effects() -> None:
    """What was made is there, what was deleted is gone, and a 404 on an orphan did disable it."""
    fixture, recording = loaded(same)
    stand_in = stand_in_of(fixture)
    before = {authorization.id for authorization in stand_in.authorizations()}

    await replay(stand_in, recording)

    after = {authorization.id: authorization for authorization in stand_in.authorizations()}
    made = [after[key] for key in after.keys() - before]
    assert [(each.description, each.status) for each in made] == [("x", "active")]
    assert {"0d0d0d0d0d0d0007"} == before - after.keys()
    assert after["0d0d0d0d0d0d0006"].status == "inactive"
    assert after["0d0d0d0d0d0d0002"].status == "active"
    assert len(recording) == len(stand_in.journal)


async def test_comparison_notices_a_different_state() -> None:
    """Answers follow the fixture: with another status, just what shows that status differs."""
    fixture, recording = loaded(same)
    changed = copy.deepcopy(fixture)
    changed["authorizations"][2]["status"] = "inactive"

    outcome = await replay(stand_in_of(changed), recording[:64])

    shows = {
        f"{number} {recorded['label']}"
        for number, recorded in enumerate(recording[:64], start=1)
        if recorded["status"] == 200
        and "0d0d0d0d0d0d0003" in json.dumps([recorded["body"], recorded.get("body_summary")])
    }
    denied = {"52 GET as bucket-only", "62 ME bucket-only"}
    assert shows | denied == {label for label, found in outcome.items() if found}


def test_renaming_leaves_no_old_name() -> None:
    """The changed fixture holds none of the old ids and names, and ids keep their order."""
    old, _ = loaded(same)
    new, recording = loaded(renamed)
    requests = json.dumps([each["request"] for each in recording])

    assert set() == names_in(old) & names_in(new)
    for word in [*names_in(old), *(each["id"] for each in old["authorizations"])]:
        assert f'"{word}"' not in requests
        assert f"={word}" not in requests
    ids = [each["id"] for each in new["authorizations"]]
    assert sorted(ids) == ids
    assert set(ids).isdisjoint(each["id"] for each in old["authorizations"])
