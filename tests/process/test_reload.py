"""The policy file, read again by a process that runs."""

from pathlib import Path

import httpx

from bot.sandbox import cast
from tests.process.bot_process import bot_process, environment, run
from tests.world import World

VIEWER = '[roles]\nviewer = ["U0ALICE"]\n'
OPERATOR = '[roles]\noperator = ["U0ALICE"]\n'
WRONG = '[roles]\noperator = ["@alice"]\n'


def with_policy(here: World, folder: Path, policy: str) -> dict[str, str]:
    """Give the variables of a bot with a policy file."""
    here.write_policy(policy)
    variables = environment(here, folder)
    del variables["ALLOWED_USERS"]
    return {**variables, "TOKEN_BOT_CONFIG": str(here.policy_file)}


async def roles(here: World) -> str:
    """Have Alice ask which roles she has."""
    before = len(here.slack.ephemerals(cast.ALICE))
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", "whoami")
    await here.slack.wait_for(lambda: len(here.slack.ephemerals(cast.ALICE)) > before)
    return here.last().split("\n")[0]


async def test_sighup_reads_the_policy_file_again(idle_world: World, tmp_path: Path) -> None:
    """The new roles hold at once; a file that is wrong leaves them, and readyz says so."""
    here = idle_world
    async with bot_process(here, with_policy(here, tmp_path, VIEWER)) as running:
        at_first = await roles(here)
        here.write_policy(OPERATOR)
        running.reread()
        await running.logged("policy reloaded")
        reloaded = await roles(here)
        here.write_policy(WRONG)
        running.reread()
        await running.logged("policy not reloaded")
        kept = await roles(here)
        async with httpx.AsyncClient() as client:
            ready = (await client.get(f"{here.url}/readyz")).json()

    assert at_first == "Your roles: viewer"
    assert reloaded == kept == "Your roles: viewer, operator"
    assert ready["ready"] is True
    assert ready["policy"]["reload"].startswith("the policy before the last reload is in force")
    (line,) = [each for each in running.lines if each["event"] == "policy not reloaded"]
    assert "line 2: [roles] operator" in line["problem"]


async def test_a_policy_file_that_is_wrong_at_the_start(idle_world: World, tmp_path: Path) -> None:
    """The process ends at once, with the file, the line and the remedy, and exit code 2."""
    code, _, err = await run("run", env=with_policy(idle_world, tmp_path, WRONG))

    assert code == 2
    assert "token-bot.toml, line 2: [roles] operator" in err
    assert "Traceback" not in err
