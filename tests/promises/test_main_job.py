"""The main job: disable, read back, Undo."""

import pytest

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


async def test_disable_then_undo(here: World) -> None:
    """A typed disable is one PATCH and one message; its Undo is the inverse and edits it."""
    await here.say(f"disable {TELEGRAF_EDGE_42} --reason pasted in a gist")

    (message,) = here.channel()
    assert [(button.text, button.action_id) for button in message.buttons] == [
        ("Undo", "undo_change"),
        ("Details", "show_token"),
    ]
    assert here.patches() == [(PATH, '{"status":"inactive"}')]
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"

    await here.press(message, "Undo", user="U0BOB")

    (message,) = here.channel()
    assert message.edited
    assert message.buttons == []
    assert "Undone by @bob" in message.plain
    assert here.patches()[-1] == (PATH, '{"status":"active"}')
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "active"


async def test_description_arrives_verbatim(here: World) -> None:
    """Quotes, a dash, the word payload; and what does not show is told, since it is set as well."""
    await here.say(f'describe {TELEGRAF_EDGE_42} the "payload" — it\'s fine')

    assert here.influxdb.authorization(TELEGRAF_EDGE_42).description == 'the "payload" — it\'s fine'
    await here.say(f"describe {TELEGRAF_EDGE_43} old\u202eten\u200b\U0001f3f3\ufe0f")

    written = here.influxdb.authorization(TELEGRAF_EDGE_43).description
    plain, told = here.channel()
    assert written == "old\u202eten\u200b\U0001f3f3\ufe0f"
    assert "→ “oldten\U0001f3f3”, read back at" in told.plain
    said = "The new description also has signs that do not show: U+202E, U+200B."
    assert said in told.plain
    assert said in told.text
    assert "do not show" not in plain.plain


@pytest.mark.parametrize(
    "text",
    [
        "list",
        f"show {TELEGRAF_EDGE_42}",
        f"disable {TELEGRAF_EDGE_42}",
        f"disable {TELEGRAF_EDGE_42} --dry-run",
        f"enable {TELEGRAF_EDGE_42}",
        f"describe {TELEGRAF_EDGE_42} words",
        "undo",
        "history",
    ],
)
async def test_a_stranger_causes_no_request_to_influxdb(here: World, text: str) -> None:
    """Whoever is not on the list is refused by the rule's name, and InfluxDB is not asked."""
    await here.say(text, user="U0MALLORY")

    assert here.influxdb.journal == []
    assert "Not allowed: you are not in ALLOWED_USERS." in here.last("U0MALLORY")
    assert await here.tags() == ["request.denied"]


async def test_a_strangers_click_causes_no_request_to_influxdb(here: World) -> None:
    """The same holds for buttons that everybody sees."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    asked = len(here.influxdb.journal)

    for button in ("Undo", "Details"):
        await here.press(here.channel()[0], button, user="U0MALLORY")

    assert len(here.influxdb.journal) == asked
    assert (await here.tags())[-2:] == ["request.denied", "request.denied"]
    assert [b.text for b in here.channel()[0].buttons] == ["Undo", "Details"]
