"""A leaked token is reported where InfluxDB does not show tokens."""

import re

import pytest
from playwright.async_api import expect

from bot.cli.running_sandbox import Scene
from bot.sandbox.influxdb import Mode
from bot.sandbox.influxdb.grown_organisation import LEAKED_DESCRIPTION, LEAKED_TOKEN
from tests.browser.screen import Screen

SCENE = Scene(Mode.HASHED)
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_leaked_token_is_proven_dead(screen: Screen) -> None:
    """The form finds fault beside its fields; then the token is found, disabled and proven dead."""
    await screen.say("/token leak")
    secret = screen.modal.get_by_role("textbox", name="The leaked token")
    where = screen.modal.get_by_role("textbox", name="Where it was found")
    report = screen.button("Find and disable it", screen.modal)
    # What is half typed is kept, though nobody has left the field.
    async with screen.page.expect_response(lambda each: '"fill"' in (each.request.post_data or "")):
        await where.fill("a gist")
    await screen.page.reload()
    await expect(where).to_have_value("a gist")
    await report.click()
    await expect(secret).to_have_attribute("aria-invalid", "true")
    await secret.fill(LEAKED_TOKEN)
    await where.fill(f"a gist, {LEAKED_TOKEN}")
    await report.click()
    await expect(where).to_have_attribute("aria-invalid", "true")
    await expect(where).to_have_accessible_description(re.compile("looks like a secret"))
    await where.fill("a gist")
    await report.click()
    await expect(screen.modal).to_have_count(0)

    question = screen.message("Which of 11 tokens is the leaked one?")
    order = question.get_by_role("listbox", name="Tokens to try, in this order")
    await order.select_option(label=f"{LEAKED_DESCRIPTION} · 0e85af97ed803000")
    await screen.button("in this order", question).click()

    receipt = screen.message("Leaked token disabled and proven dead")
    await expect(receipt).to_contain_text("After: default refused it: the token is inactive")
    await expect(screen.token(LEAKED_DESCRIPTION)).to_contain_text("inactive")
    requests = screen.page.get_by_role("region", name="API requests").get_by_role("listitem")
    proof = requests.filter(has_text="the proof: a disabled token, refused")
    await expect(proof).to_have_count(1)
    await expect(proof).to_contain_text("401")
    await expect(screen.token("telegraf on edge-42")).not_to_contain_text("inactive")
    await receipt.get_by_role("link", name=re.compile("repl(y|ies)")).click()
    await expect(screen.message("Timeline")).to_contain_text("proven dead")
    assert LEAKED_TOKEN not in await screen.page.content()
