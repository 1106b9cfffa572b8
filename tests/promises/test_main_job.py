"""The main job: disable, read back, Undo."""

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
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
    """A description with quotes, a dash and the word payload is set as it was typed."""
    await here.say(f'describe {TELEGRAF_EDGE_42} the "payload" — it\'s fine')

    assert here.influxdb.authorization(TELEGRAF_EDGE_42).description == 'the "payload" — it\'s fine'
