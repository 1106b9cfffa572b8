"""What everything that the bot shows people has to keep to."""

import json
import re
import traceback
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot import block_kit
from bot.sandbox.slack.journal import ApiCall
from tests.world import World

MESSAGES = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
VIEWS = ("views.open", "views.update", "views.publish")
_POSTED = ("chat.postMessage", "response_url")
_MENTION = re.compile(r"<(?:@|!subteam\^)([UWS][A-Z0-9]+)>")


def assert_fit_for_people(here: World) -> None:
    """Every message has a text, keeps to Slack's rules, unfurls nothing, mentions whom it knows."""
    known = known_to(here)
    wrong = [each for call in here.slack.journal for each in wrong_with_call(call, known)]
    for message in here.slack.workspace.all_messages():
        if message.user == "bot":
            content = {"text": message.text, "blocks": message.blocks}
            wrong += wrong_with_message(content, known)
    assert wrong == []


def known_to(here: World) -> set[str]:
    """Give the ids of everybody who may be mentioned."""
    return {*here.slack.workspace.people, *here.slack.workspace.usergroups}


def wrong_with_call(call: ApiCall, known: set[str]) -> Iterator[str]:
    """Say what is wrong with what a call of Slack shows people."""
    # What a fault keeps a response URL from taking is not in the journal.
    if call.method in MESSAGES and call.arguments:
        yield from wrong_with_message(call.arguments, known)
    if call.method in _POSTED and call.arguments:
        unfurling = (call.arguments["unfurl_links"], call.arguments["unfurl_media"])
        if unfurling != (False, False):
            yield f"{call.method} unfurls: {unfurling}"
    if call.method in VIEWS:
        home = call.method == "views.publish"
        surface = block_kit.Surface.HOME if home else block_kit.Surface.MODAL
        if found := block_kit.problems(call.arguments.get("view", {}), surface):
            yield f"{call.method} breaks Slack's rules: {found}"


def wrong_with_message(message: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    """Say what is wrong with a message, as it is sent."""
    if found := block_kit.problems(message):
        yield f"breaks Slack's rules: {found}"
    try:
        assert_safe(str(message.get("text")), message.get("blocks", []), known)
    except AssertionError as error:
        (*_, place) = traceback.extract_tb(error.__traceback__)
        yield f"not fit for people: {place.line}: {json.dumps(message)[:2000]}"


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
