"""The page over a real socket, with the real bot behind the stand-ins."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.commands.registry import Registry, discover
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from bot.sandbox.page import Page
from bot.sandbox.serving import serve
from tests.world import World

HOSTILE = "<script>alert('here')</script>\"'><b>"
LABEL = {"type": "plain_text", "text": HOSTILE}
BUTTON = {
    "type": "button",
    "text": LABEL,
    "action_id": HOSTILE,
    "accessibility_label": HOSTILE,
    "confirm": {"title": LABEL, "text": LABEL, "confirm": LABEL, "deny": LABEL},
}
EVERYWHERE: list[dict[str, Any]] = [
    {"type": "header", "text": LABEL},
    {"type": "section", "text": LABEL, "fields": [LABEL], "accessory": BUTTON, "block_id": HOSTILE},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": HOSTILE}]},
    {
        "type": "input",
        "label": LABEL,
        "hint": LABEL,
        "element": {"type": "plain_text_input", "initial_value": HOSTILE, "placeholder": LABEL},
    },
    {
        "type": "input",
        "label": LABEL,
        "element": {
            "type": "static_select",
            "options": [{"text": LABEL, "value": HOSTILE, "description": LABEL}],
            "placeholder": LABEL,
        },
    },
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": HOSTILE, "style": {"bold": True}},
                    {"type": "link", "url": f"https://example.com/{HOSTILE}", "text": HOSTILE},
                    {"type": "user", "user_id": HOSTILE},
                ],
            }
        ],
    },
]


@dataclass
class Browser:
    """What a browser does at the page's address."""

    world: World
    client: httpx.AsyncClient
    page: Page

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a path."""
        return await self.client.get(path, headers=headers)

    async def see(self, person: str, place: str = cast.INCIDENTS, more: str = "") -> str:
        """Give the page as a person has it in a place, one blank for each white space."""
        answer = await self.get(f"/{person}/{place}{more}")
        assert answer.status_code == 200
        return " ".join(answer.text.split())

    async def post(
        self, person: str, action: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Post an action; as the page itself does, unless headers are given."""
        own = {"Origin": str(self.client.base_url)} if headers is None else headers
        return await self.client.post(f"/{person}/actions", json=action, headers=own)

    async def act(self, person: str, **action: Any) -> Any:
        """Do something, wait until the bot has done its part, and give what the page is told."""
        answer = await self.post(person, action)
        await self.world.settled()
        return answer.json()

    async def say(self, person: str, text: str, channel: str = cast.INCIDENTS) -> None:
        """Send what is typed into the message field."""
        assert (await self.act(person, type="say", channel=channel, text=text))["trouble"] is None


@asynccontextmanager
async def opened(here: World) -> AsyncIterator[Browser]:
    """Serve the page of a sandbox, and open a browser."""
    registry = Registry(discover(), "/token")
    page = Page(here.slack, here.influxdb, registry, parts=cast.parts(""), since=here.now())
    async with serve(page.app) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        yield Browser(here, client, page)
        page.end()


@pytest.fixture
async def browser(here: World) -> AsyncIterator[Browser]:
    """The page of a sandbox with the bot in it."""
    async with opened(here) as browser:
        yield browser


@pytest.fixture
async def idle(idle_world: World) -> AsyncIterator[Browser]:
    """The page of a sandbox in which no bot runs."""
    async with opened(idle_world) as browser:
        yield browser


def pressed(html: str, text: str) -> dict[str, str]:
    """Find the last button of this text in a message, as the page's module would press it."""
    *_, message = re.finditer(r'data-ts="([\d.]+)" class="message', html)
    *_, button = re.finditer(rf'data-block="([^"]*)" data-action="([^"]*)"[^>]*>{text}<', html)
    return {
        "type": "press",
        "ts": message.group(1),
        "block_id": button.group(1),
        "action_id": button.group(2),
    }


async def test_a_command_a_press_and_what_they_do(browser: Browser) -> None:
    """What was said and changed is on the page of whoever may see it, and InfluxDB beside it."""
    first = await browser.get("/")
    assert first.headers["location"] == f"/{cast.ALICE}/{cast.INCIDENTS}"

    await browser.say(cast.ALICE, "/token list telegraf")
    alice, bob = await browser.see(cast.ALICE), await browser.see(cast.BOB)

    assert "Only visible to you" in alice
    assert "telegraf on edge-42</span>" in alice
    assert "Only visible to you" not in bob
    assert "telegraf on edge-42</span>" not in bob

    # Of the buttons that are alike, the one that was pressed counts.
    await browser.act(cast.ALICE, channel=cast.INCIDENTS, **pressed(alice, "Disable"))
    assert browser.world.influxdb.authorization(TELEGRAF_EDGE_43).status == "inactive"

    await browser.say(cast.ALICE, f"/token disable {TELEGRAF_EDGE_42}")
    bob = await browser.see(cast.BOB)

    assert "Token disabled" in bob
    token = bob[bob.index(f'data-token="{TELEGRAF_EDGE_42}"') :]
    assert token.startswith(f'data-token="{TELEGRAF_EDGE_42}" class="inactive changed fresh"')
    assert "<b>PATCH</b>" in bob

    undo = pressed(bob, "Undo")
    told = await browser.act(cast.BOB, channel=cast.INCIDENTS, **undo)
    assert told == {"done": True, "trouble": None}
    assert browser.world.influxdb.authorization(TELEGRAF_EDGE_42).status == "active"
    assert "(edited)" in await browser.see(cast.ALICE)
    # The button that was pressed is gone, and whoever still sees it is told so.
    told = await browser.act(cast.BOB, channel=cast.INCIDENTS, **undo)
    assert told == {
        "done": False,
        "trouble": "This button is gone; look at what is there now.",
    }


async def test_who_sees_what(browser: Browser) -> None:
    """Channels, unread marks, the app and its direct messages are each person's own."""
    world = browser.world
    await browser.say(cast.BOB, "Look here", cast.SECURITY)
    world.slack.write(cast.CAROL, cast.SHARED, "Look there")

    alice = await browser.see(cast.ALICE)
    assert 'name">security</span> <span class="count">1<span class="hidden"> unread' in alice
    bob = await browser.see(cast.BOB, cast.SECURITY)
    assert 'name">security</span> </a>' in bob
    assert "Look here" in bob
    # Alice may read in a public channel without being in it.
    alice = await browser.see(cast.ALICE, cast.SECURITY)
    assert "only its members write there" in alice
    assert 'class="count"' in alice
    await browser.see(cast.ALICE, cast.SHARED)
    assert 'class="count"' not in await browser.see(cast.ALICE)

    visitor = await browser.see(cast.VISITOR, cast.SHARED)
    assert "incidents</span>" not in visitor
    assert "/app" not in visitor
    assert 'aria-label="Shortcuts"' not in visitor
    assert "data-typed" not in visitor
    told = await browser.act(cast.VISITOR, type="say", channel=cast.SHARED, text="/token list")
    assert told["trouble"] == "/token is not a command in U0VISITOR's workspace."

    for person, place in (
        (cast.VISITOR, cast.INCIDENTS),
        (cast.VISITOR, "app"),
        (cast.GUEST, cast.SECURITY),
        (cast.GONE, cast.INCIDENTS),
        ("U0NOBODY", cast.INCIDENTS),
        (cast.ALICE, "C0NOWHERE"),
        # Bob's direct messages with the app are not Alice's.
        (cast.ALICE, world.slack.workspace.direct_channel(cast.BOB).id),
        (cast.ALICE, f"{cast.INCIDENTS}/home"),
        (cast.ALICE, f"{cast.INCIDENTS}/x"),
        (cast.ALICE, "app/x"),
    ):
        answer = await browser.get(f"/{person}/{place}")
        assert answer.status_code == 404, (person, place)
        assert "There is no such place" in answer.text
    for path in ("/U0NOBODY", f"/{cast.ALICE}/app/home/x"):
        assert "There is no such place" in (await browser.get(path)).text
    answer = await browser.get(f"/{cast.VISITOR}")
    assert answer.headers["location"] == f"/{cast.VISITOR}/{cast.SHARED}"


async def test_a_modal_from_its_opening_to_its_end(browser: Browser) -> None:
    """It opens, says what is missing, keeps what is filled in, refuses what is stale, closes."""
    told = await browser.act(cast.ALICE, type="shortcut", name=cast.REPORT_LEAK)
    assert told == {"done": True, "trouble": None}
    view = browser.world.slack.open_view(cast.ALICE)
    assert view is not None
    html = await browser.see(cast.ALICE)
    assert f'data-view="{view.id}" data-hash="{view.hash}"' in html
    assert "<dialog" not in await browser.see(cast.BOB)

    first, second, *_ = (field.block_id for field in view.inputs)
    submit: dict[str, Any] = {"type": "submit", "view": view.id, "hash": view.hash}
    told = await browser.act(cast.ALICE, **submit, answers={first: "", second: "in a log"})
    assert told == {"done": True, "trouble": None}
    html = await browser.see(cast.ALICE)
    assert html.count("Please complete this required field.") == 1
    # A reload shows what was filled in.
    assert 'value="in a log"' in html

    stale = {**submit, "hash": "0.0"}
    told = await browser.act(cast.ALICE, **stale, answers={})
    assert told["trouble"] == "This view has changed meanwhile; look at it again."
    told = await browser.act(cast.BOB, **submit, answers={})
    assert told["trouble"] == "This view is no longer open."

    await browser.act(cast.ALICE, type="close", view=view.id)
    assert "<dialog" not in await browser.see(cast.ALICE)


async def test_home(browser: Browser) -> None:
    """The app is told of its opening, and its menus, search and buttons work."""
    assert "not published its Home yet" in await browser.see(cast.ALICE, "app", "/home")
    await browser.act(cast.ALICE, type="open", tab="home")
    await browser.world.slack.wait_for(
        lambda: "telegraf on edge-42" in (browser.world.slack.home(cast.ALICE) or _NOTHING).plain
    )
    html = await browser.see(cast.ALICE, "app", "/home")
    assert 'data-act="press_in_home"' in html
    search = re.search(r'data-enter="(home_search[^"]*)"', html)
    assert search is not None

    told = await browser.act(cast.ALICE, type="enter_in_home", name=search.group(1), text="edge-43")
    assert told == {"done": True, "trouble": None}
    await browser.world.slack.wait_for(
        lambda: "edge-42" not in (browser.world.slack.home(cast.ALICE) or _NOTHING).plain
    )
    html = await browser.see(cast.ALICE, "app", "/home")
    assert "<b>telegraf on edge-42" not in html.partition('id="influxdb"')[0]


class _Nothing:
    plain = ""


_NOTHING = _Nothing()


async def test_whatever_is_written_is_shown_as_it_is(idle: Browser) -> None:
    """No text, name, id or address of a message becomes a part of the page."""
    slack = idle.world.slack
    slack.write(cast.BOB, cast.INCIDENTS, HOSTILE, blocks=EVERYWHERE)
    slack.write(cast.BOB, cast.INCIDENTS, HOSTILE, blocks=[])
    slack.workspace.modals.open(
        cast.ALICE, {"title": LABEL, "submit": LABEL, "close": LABEL, "blocks": EVERYWHERE}
    )
    idle.world.influxdb.edit(TELEGRAF_EDGE_42, description=HOSTILE)

    html = await idle.see(cast.ALICE)

    assert "cannot draw" not in html
    assert html.count("alert(") >= 30
    assert "<script>alert" not in html
    assert "'><b>" not in html


async def test_what_cannot_be_drawn_is_an_error_on_the_page(idle: Browser) -> None:
    """A gap would look like an app that says nothing."""
    video = [{"type": "video", "title": LABEL}]
    idle.world.slack.write(cast.BOB, cast.INCIDENTS, "a video", blocks=video)

    html = await idle.see(cast.ALICE)

    assert "The page cannot draw this:</strong> a block of type &#39;video&#39;" in html


async def test_no_other_site_reads_the_page_or_presses_in_it(idle: Browser) -> None:
    """Neither under a name that leads here, nor by a form or script of theirs."""
    asked = {"type": "say", "channel": cast.INCIDENTS, "text": f"/token disable {TELEGRAF_EDGE_42}"}
    own = str(idle.client.base_url)
    port = idle.client.base_url.port

    for headers in (
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{port}1"},
        {"Origin": own, "Host": f"evil.example:{port}"},
        {"Origin": f"http://evil.example:{port}", "Host": f"evil.example:{port}"},
    ):
        answer = await idle.post(cast.ALICE, asked, headers)
        assert answer.status_code == 403, headers
    assert idle.world.slack.messages(cast.INCIDENTS) == []
    assert (await idle.get("/events", Host="evil.example")).status_code == 403
    assert (await idle.get(f"/{cast.ALICE}/{cast.INCIDENTS}", Host="evil")).status_code == 403
    assert (await idle.get("/", Host=f"localhost:{port}")).status_code == 307

    for path in ("/", f"/{cast.ALICE}/{cast.INCIDENTS}", "/static/page.js", "/nowhere"):
        answer = await idle.get(path)
        policy = answer.headers["content-security-policy"].split("; ")
        assert "default-src 'self'" in policy
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_page_needs_nothing_from_outside_and_nothing_inline(browser: Browser) -> None:
    """The policy of its headers would keep a browser from using it; no such thing is there."""
    await browser.say(cast.ALICE, "/token list telegraf")
    html = await browser.see(cast.ALICE)

    for address in re.findall(r'(?:src|href)="([^"]*)"', html):
        assert address.startswith("/"), address
        path = address.partition("#")[0]
        assert (await browser.get(path)).status_code == 200, address
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)", html)


async def test_events_tell_of_every_change(idle: Browser) -> None:
    """One at the beginning, one after a change on either side; then the streams end."""
    async with idle.client.stream("GET", "/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert await _next(lines) == "event: changed"
        idle.world.slack.write(cast.BOB, cast.INCIDENTS, "Hello")
        assert await _next(lines) == "event: changed"
        idle.world.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")
        assert await _next(lines) == "event: changed"
        idle.page.end()
        async with asyncio.timeout(5):
            assert len([line async for line in lines if line.startswith("event")]) <= 1


async def _next(lines: AsyncIterator[str]) -> str:
    async with asyncio.timeout(5):
        async for line in lines:
            if line.startswith("event"):
                return line
    return "the end"


async def test_what_is_no_action_is_refused(idle: Browser) -> None:
    """Nothing is done, and what was wrong is said without repeating it."""
    empty = {"type": "say", "channel": cast.INCIDENTS, "text": ""}
    wrong: list[dict[str, str]] = [{}, {"type": "fly"}, empty]
    for action in wrong:
        answer = await idle.post(cast.ALICE, action)
        assert answer.status_code == 422
        assert answer.json()["done"] is False

    # Nobody answers here: Slack tells who asked.
    answer = await idle.post(cast.ALICE, {**empty, "text": "/token list"})
    assert answer.json() == {
        "done": True,
        "trouble": "The app failed with the error “dispatch_failed”.",
    }


async def test_the_message_field_offers_what_the_bots_help_lists(idle: Browser) -> None:
    """Each subcommand, once, as it is written."""
    html = await idle.see(cast.ALICE)

    for subcommand in discover():
        assert html.count(f'data-typed="/token {subcommand.name} "') == 1
        usage = subcommand.usage.replace("<", "&lt;").replace(">", "&gt;")
        assert f"<code>/token {usage}</code>" in html
