"""Tokens are changed in a real browser: what one person does, another sees, and InfluxDB has."""

import pytest
from playwright.async_api import expect

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import GRAFANA_DASHBOARDS, TELEGRAF_EDGE_42
from tests.browser.screen import Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_disable_and_undo(screen: Screen) -> None:
    """What is disabled is so in InfluxDB, Undo restores it, and a reload keeps everything."""
    token = screen.token(TELEGRAF_EDGE_42)
    await expect(token).not_to_contain_text("inactive")

    await screen.say(f"/token disable {TELEGRAF_EDGE_42} --reason pasted in a gist")
    outcome = screen.message("Token disabled · telegraf on edge-42")
    await expect(outcome).to_contain_text("active → inactive, read back at")
    await expect(token).to_contain_text("inactive")

    await screen.button("Undo", outcome).click()
    outcome = screen.message("Token disabled, then undone")
    await expect(outcome).to_contain_text("inactive → active, read back at")
    await expect(token).not_to_contain_text("inactive")

    before = await screen.log.aria_snapshot()
    await screen.page.reload()
    await expect(outcome).to_be_visible()
    assert await screen.log.aria_snapshot() == before


async def test_another_person_approves(screen: Screen) -> None:
    """Several tokens wait for an approver, whose modal wants a reason for a denial."""
    await screen.say(f"/token disable {GRAFANA_DASHBOARDS} 0ede424c90c03000 --reason moved")
    await screen.button("Confirm", screen.message("2 tokens")).click()
    asked = screen.message("Approval needed")
    await expect(asked).to_contain_text("grafana alerting")
    await screen.button("Approve", asked).click()
    await expect(screen.message("Only visible to you")).to_contain_text("Nothing was changed")

    await screen.be("carol")
    await screen.button("Deny", asked).click()
    await screen.button("Deny", screen.modal).click()
    await expect(screen.modal.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    await screen.page.keyboard.press("Escape")
    await expect(screen.modal).to_have_count(0)
    await screen.button("Approve", asked).click()

    await expect(screen.message("2 tokens disabled")).to_contain_text("approved by @carol")
    await expect(screen.token(GRAFANA_DASHBOARDS)).to_contain_text("inactive")


async def test_a_stranger_is_refused(screen: Screen) -> None:
    """Whoever has no role is told so alone, and nothing is changed."""
    await screen.be("mallory")
    await screen.say("/token disable 0ef813cc9e803000")
    refusal = screen.message("Not allowed: you hold no role")
    await expect(refusal).to_contain_text("Only visible to you")
    await expect(refusal).to_contain_text("Nothing was changed.")

    await screen.be("alice")
    await expect(screen.page.get_by_role("heading", name="#incidents")).to_be_visible()
    await expect(refusal).to_have_count(0)
    await expect(screen.token("0ef813cc9e803000")).not_to_contain_text("inactive")


async def test_somebody_from_elsewhere_sees_nothing(screen: Screen) -> None:
    """In a shared channel the outcome is told to whoever asked alone; others have no command."""
    await screen.open(place=cast.SHARED)
    await screen.say("/token disable 0f8c4a4dca403000")
    await expect(screen.message("Disabling 0f8c4a4dca403000")).to_be_visible()
    await expect(screen.token("0f8c4a4dca403000")).to_contain_text("inactive")

    await screen.be("visitor")
    await screen.say("/token enable 0f8c4a4dca403000")
    await expect(screen.page.get_by_role("alert")).to_contain_text("not a command")
    await expect(screen.log.get_by_role("article")).to_have_count(0)
    await expect(screen.token("0f8c4a4dca403000")).to_contain_text("inactive")


async def test_a_message_is_checked(screen: Screen) -> None:
    """The shortcut in a message's menu finds the id in it, and disables its token."""
    await screen.be("carol")
    await screen.say("is 0ef8141f36403000 still used?")
    await screen.be("alice")
    asked = screen.message("still used?")
    await screen.button("More actions", asked).click()
    await screen.page.get_by_role("menuitem", name=cast.CHECK_MESSAGE).click()

    found = screen.message("The id 0ef8141f36403000")
    await expect(found).to_contain_text("Only visible to you")
    await screen.button("Disable", found).click()
    await expect(screen.message("Token disabled · telegraf on db-2")).to_be_visible()


async def test_by_keyboard_alone(screen: Screen) -> None:
    """A command is completed, sent and undone without a mouse."""
    keyboard = screen.page.keyboard
    await expect(screen.page.get_by_role("textbox", name="Message")).to_be_focused()
    await keyboard.type("/token dis")
    await keyboard.press("Tab")
    await keyboard.type("0ef8151b81403000")
    await keyboard.press("Enter")
    undo = screen.button("Undo", screen.message("Token disabled · telegraf on lb-1"))
    await expect(undo).to_be_visible()

    for _ in range(12):
        await keyboard.press("Shift+Tab")
        if await undo.evaluate("button => button === document.activeElement"):
            break
    await expect(undo).to_be_focused()
    await keyboard.press("Enter")
    await expect(screen.message("Token disabled, then undone · telegraf on lb-1")).to_be_visible()
