"""What is read out of a submitted form: names, what may be stored, and what must not be."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.changes.asking import Ask, Received
from bot.changes.errors import ErrorCode, UserError
from bot.changes.request import Origin
from bot.commands.answers import Answer, FormName, Notice
from bot.sandbox.influxdb.state import api_token
from bot.slack.forms.form import Filled, Form, InFieldError, View
from bot.slack.forms.registry import Forms
from bot.storage.engine import create_engine
from bot.storage.store import SqlStore
from tests.changes.samples import ALICE
from tests.sqlite import place_database

SECRET = api_token("pasted")
ESCAPED = SECRET.replace("=", "%3D")


class Leak(Form):
    """A form with a field that is never stored."""

    name = FormName.DENY_CHANGE
    about = ("case",)
    fields = {"found": "place", "boxes": "choice", "how": "way"}  # noqa: RUF012 - read only
    secret_fields = ("pasted",)
    refused = "Not done"

    def view(self, about: Mapping[str, str]) -> View:
        """Show nothing; it is only submitted here."""
        raise NotImplementedError(about)

    async def submitted(self, ask: Ask, filled: Filled) -> Answer:
        """Give back what arrived."""
        del ask
        pasted = filled.secret.get("pasted", SecretStr("")).get_secret_value()
        return Notice(pasted, (*filled.about.values(), *filled.typed.values()))


def _view(metadata: Mapping[str, object], **typed: object) -> dict[str, Any]:
    return {
        "callback_id": "deny_change",
        "private_metadata": json.dumps(metadata),
        "state": {"values": {block: {"it": field} for block, field in typed.items()}},
    }


FILLED = _view(
    {"schema": 1, "channel": "C0INCIDENTS", "case": "7F3K2Q", "other": "x"},
    found={"type": "plain_text_input", "value": "a gist"},
    boxes={"type": "checkboxes", "selected_options": [{"value": "all"}, {"value": "now"}]},
    how={"type": "static_select", "selected_option": {"value": "mail"}},
    pasted={"type": "plain_text_input", "value": SECRET},
)


def _received(view: Mapping[str, Any]) -> Received:
    content, secret, channel_id = Forms([Leak()]).read(view)
    ask = Ask(ALICE, Origin(channel_id), "d1", datetime(2026, 3, 14, tzinfo=UTC))
    return Received(ask, "submission", content, secret)


async def test_every_kind_of_field_arrives() -> None:
    """Texts, boxes and choices by block id, the secret beside them; names that it has alone."""
    received = _received(FILLED)

    answer = await Forms([Leak()]).submitted(received.ask, received)

    assert received.ask.origin.channel_id == "C0INCIDENTS"
    assert answer == Notice(SECRET, ("7F3K2Q", "a gist", "all\nnow", "mail"))


async def test_what_is_stored_before_it_is_decided_holds_no_secret(tmp_path: Path) -> None:
    """Neither in the row nor in what is written into a log; read again, the field is missing."""
    received = _received(FILLED)
    file = tmp_path / "token-bot.db"
    place_database(f"sqlite:///{file}")
    store = SqlStore(create_engine(f"sqlite+aiosqlite:///{file}"))
    try:
        async with store.transaction() as transaction:
            await transaction.add_received(received)
        async with store.reading() as reading:
            (kept,) = await reading.received()
    finally:
        await store.close()

    answer = await Forms([Leak()]).submitted(kept.ask, kept)

    assert Forms([Leak()]).storable(received)
    assert (SECRET.encode() in file.read_bytes(), SECRET in repr(received)) == (False, False)
    assert answer == Notice("", ("7F3K2Q", "a gist", "all\nnow", "mail"))


@pytest.mark.parametrize("typed", [SECRET, f"see {SECRET} there", f"https://x/?token={ESCAPED}"])
async def test_a_secret_in_another_field_is_refused_there(typed: str) -> None:
    """The error names the field, and says in which one of the words it stands."""
    view = FILLED | _view({}, found={"value": typed})
    received = _received(view)

    with pytest.raises(InFieldError) as raised:
        await Forms([Leak()]).submitted(received.ask, received)

    assert not Forms([Leak()]).storable(received)
    assert (raised.value.field, raised.value.problem.code) == ("found", "looks_like_secret")
    assert raised.value.problem.message.startswith("The place holds what looks like a secret.")


async def test_more_than_a_field_holds_is_refused_there() -> None:
    """Slack's client keeps its limit; nobody else has to, and a record is no place for 100 kB."""
    received = _received(FILLED | _view({}, found={"value": "word " * 20_000}))

    with pytest.raises(InFieldError) as raised:
        await Forms([Leak()]).submitted(received.ask, received)

    assert not Forms([Leak()]).storable(received)
    assert raised.value.field == "found"
    assert raised.value.problem.message.startswith("The place is longer than 2,000 characters.")


@pytest.mark.parametrize(
    "metadata", ["", "null", "[]", "{", '{"schema": 2, "case": "X", "channel": "C1"}', "[" * 9_000]
)
def test_metadata_that_is_not_ours_names_nothing(metadata: str) -> None:
    """Of another schema, or none at all: what it is about is empty, and so is the channel."""
    content, _, channel_id = Forms([Leak()]).read(FILLED | {"private_metadata": metadata})

    assert (content["case"], channel_id, content["found"]) == ("", "", "a gist")


async def test_a_form_that_is_not_known_changes_nothing() -> None:
    """It says so, whatever was filled in; nothing of it is read."""
    received = _received(FILLED | {"callback_id": "leak_of_old"})

    with pytest.raises(UserError) as raised:
        await Forms([Leak()]).submitted(received.ask, received)

    assert raised.value.problem.code is ErrorCode.STALE_BUTTON
    assert (received.content, received.secret) == ({"callback": "leak_of_old"}, {})


@pytest.mark.parametrize(
    "named",
    [{"about": ("channel",)}, {"about": ("found",)}, {"fields": {"surface": "place"}}],
    ids=["of where it was opened", "of a field of its own", "of where it is answered"],
)
def test_no_form_takes_a_name_that_means_something_else(named: dict[str, Any]) -> None:
    """What stands for two things would be read as either, so that the bot does not start."""
    form = type("Clashing", (Leak,), named)

    with pytest.raises(ValueError, match="taken name"):
        Forms([form()])
