"""Other people's texts on their way through commands: shown as they are, never as markup."""

import pytest

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.influxdb.state import api_token
from tests.world import World

# What is typed or stored, and what people read of it.
HOSTILE = (
    ("<!channel> <!here> <!everyone>", "<!channel> <!here> <!everyone>"),
    ("<@U0BOB> <#C0INCIDENTS> <!subteam^S0SRE>", "<@U0BOB> <#C0INCIDENTS> <!subteam^S0SRE>"),
    ("*bold* _it_ ~no~ `code` ```pre``` > q", "*bold* _it_ ~no~ `code` ```pre``` > q"),
    ("https://evil.example <https://evil.example|ok>", "https://evil.example <https://evil.ex"),
    (":skull: &lt;b&gt; &amp;amp;", ":skull: &lt;b&gt; &amp;amp;"),
    ("a\u202egnp.exe\u202c\u2066x\u2069 z\u200be\u200dro\ufeff", "agnp.exex zero"),
    ("one\ntwo\r\n\tthree\x00\x07\x1b[31mred", "one two three [31mred"),
    ("x" * 100_000, "x" * 199 + "…"),
    ("&" * 100_000, "&" * 199 + "…"),
    ("\u200b\u3164\u2060", "no description"),
)


@pytest.mark.parametrize("kind", ["description", "reason"])
async def test_hostile_texts_are_shown_as_they_are(here: World, kind: str) -> None:
    """In a list, in details, in a change and its undo; the fixture looks at every message."""
    for text, read in HOSTILE:
        if kind == "reason" and (len(text) > 1_000 or read == "no description"):
            continue
        reason = f" --reason {text}" if kind == "reason" else ""
        if kind == "description":
            here.influxdb.edit(TELEGRAF_EDGE_42, description=text)

        await here.say(f"list {TELEGRAF_EDGE_42}")
        listed = here.last()
        await here.say(f"show {TELEGRAF_EDGE_42}")
        shown = here.last()
        await here.say(f"disable {TELEGRAF_EDGE_42}{reason}")
        message = here.channel()[-1]
        told = message.plain
        await here.press(message, "Undo")
        await here.say("history")

        where = (
            (listed, shown, told, message.plain) if kind == "description" else (told, here.last())
        )
        for plain in where:
            # Control signs part words in a description; in a command they are dropped.
            assert read.split(" https")[0].replace(" ", "") in plain.replace(" ", "")
        assert message.blocks != []


async def test_a_secret_in_a_description_is_masked_everywhere(here: World) -> None:
    """Somebody has written a token's secret into a description, whole or with unseen signs."""
    secret = api_token("somebody's secret")
    for written in (secret, f"{secret[:30]}\u200b{secret[30:]}", f"\u200bxoxb-{'1234567890' * 3}"):
        here.influxdb.edit(TELEGRAF_EDGE_42, description=f"old {written} new")

        await here.say(f"list {TELEGRAF_EDGE_42}")
        await here.say(f"show {TELEGRAF_EDGE_42}")
        await here.say(f"disable {TELEGRAF_EDGE_42}")
        await here.say(f"describe {TELEGRAF_EDGE_42} clean")
        await here.say("undo")
        await here.say(f"enable {TELEGRAF_EDGE_42} --dry-run")
        await here.say(f"enable {TELEGRAF_EDGE_42}")
        await here.say("history")

    said = [m for m in here.slack.workspace.all_messages() if m.user == "bot"]
    for message in said:
        for told in (message.plain, message.text, str(message.blocks), str(message.earlier)):
            assert secret[:20] not in told
            assert secret[-20:] not in told
            assert "1234567890" not in told
    assert sum("(hidden: looks like a secret)" in message.plain for message in said) > 10


async def test_a_conflict_over_huge_texts_still_fits(here: World) -> None:
    """An undo refused because a huge description has changed is told with its buttons and id."""
    here.influxdb.edit(TELEGRAF_EDGE_42, description="old " * 20_000)
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    here.influxdb.edit(TELEGRAF_EDGE_42, description="new " * 20_000)

    await here.say("undo")

    told = here.slack.ephemerals("U0ALICE")[-1]
    assert "The token has changed since" in told.plain
    assert told.blocks != []
    assert len(told.text) < 4_000
