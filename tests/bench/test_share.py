"""A share of what `make bench` does; how long things take is not judged on a busy machine."""

from pathlib import Path

from bench import one_disable

PATH = "/api/v2/authorizations/0f90000000000003"


async def test_one_disable_is_measured(tmp_path: Path) -> None:
    """Each disable is timed, and so are the calls that one makes, in their order."""
    finding = await one_disable.measured(tmp_path, rounds=2, warm_up=2)

    compared = finding.lines[0]
    assert compared.compared is not None
    assert (len(compared.bot.values), len(compared.compared.values)) == (2, 2)
    assert min(compared.bot.values) > 0 < min(compared.compared.values)
    told = f"GET {PATH}, PATCH {PATH}, GET {PATH}"
    assert told in finding.remarks[0]
    assert finding.remarks[0].endswith("POST /api/chat.postMessage.")
