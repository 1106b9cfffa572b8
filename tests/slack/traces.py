"""What a request leaves behind, and what all messages have to keep to."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from bot import block_kit
from tests.world import World

_TABLES = ("requests", "targets", "audit_events", "deliveries", "holds", "stored_queries")
_SENT = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
_MENTION = re.compile(r"<(?:@|!subteam\^)([UWS][A-Z0-9]+)>")
_POSTED = ("chat.postMessage", "response_url")


def traces(here: World) -> tuple[int, ...]:
    """Count the requests to InfluxDB and Slack, and the rows of each table."""
    path = here.settings["database_url"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database:
        rows = [database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in _TABLES]  # noqa: S608 - our tables' names
    return len(here.influxdb.journal), len(here.slack.journal), *rows


def answers(here: World, method: str = "chat.postMessage") -> list[int]:
    """Give the statuses with which Slack has answered calls of a method, in their order."""
    return [call.status for call in here.slack.journal if call.method == method]


def assert_fit_for_people(here: World) -> None:
    """Every message has a text, keeps to Slack's rules, unfurls nothing, mentions whom it knows."""
    known = {*here.slack.workspace.people, *here.slack.workspace.usergroups}
    for call in here.slack.journal:
        # What a fault keeps a response URL from taking is not in the journal.
        if call.method in _SENT and call.arguments:
            assert block_kit.problems(call.arguments) == []
            assert_safe(call.arguments["text"], call.arguments.get("blocks", []), known)
        if call.method == "views.open":
            assert block_kit.problems(call.arguments["view"], block_kit.Surface.MODAL) == []
        if call.method in _POSTED and call.arguments:
            unfurling = (call.arguments["unfurl_links"], call.arguments["unfurl_media"])
            assert unfurling == (False, False)
    for message in here.slack.workspace.all_messages():
        if message.user == "bot":
            assert block_kit.problems({"text": message.text, "blocks": message.blocks}) == []
            assert_safe(message.text, message.blocks, known)


def assert_safe(text: str, blocks: Sequence[Mapping[str, Any]], known: set[str]) -> None:
    """No link, no markup, no mention but of those known by id, and no sign that nobody sees."""
    assert {block["type"] for block in blocks} <= {"rich_text", "actions", "input"}
    words = [_MENTION.sub(lambda found: "" if _names(found, known) else found[0], text)]
    assert not set(words[0]) & set("<>")
    for element in inline(blocks):
        match element["type"]:
            case "text":
                words.append(element["text"])
            case "user":
                assert element["user_id"] in known
                assert element["user_id"][0] in "UW"
            case "usergroup":
                assert element["usergroup_id"] in known
                assert element["usergroup_id"][0] == "S"
            case other:
                raise AssertionError(f"nobody expects {other} in a message")
    words += _offered(blocks)
    signs = {unicodedata.category(sign) for word in words for sign in word if sign != "\n"}
    assert not signs & {"Cc", "Cf", "Cs"}


def _offered(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Give the words of a list to choose from, of which nothing may be markup."""
    fields = [block for block in blocks if block["type"] == "input"]
    options = [option["text"] for field in fields for option in field["element"]["options"]]
    texts = [*(field["label"] for field in fields), *options]
    assert all(text["type"] == "plain_text" and text["emoji"] is False for text in texts)
    return [str(text["text"]) for text in texts]


def _names(mention: re.Match[str], known: set[str]) -> bool:
    """Tell whether a mention is written as one of its kind, and of somebody known."""
    is_group = mention[0].startswith("<!")
    return mention[1] in known and (mention[1][0] == "S") is is_group


def inline(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the pieces of all rich texts."""
    for block in blocks:
        if block["type"] == "rich_text":
            for section in block["elements"]:
                yield from section["elements"]
