"""The wheel does outside the checkout what the checkout does."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_the_sandbox_runs_from_the_wheel(unpacked: Path) -> None:
    """Migrations and all else that the bot needs are in it: a change is made and undone."""
    script = ["--say", "/token disable 0e840d0499003003", "--press", "Undo"]

    ended = subprocess.run(
        [sys.executable, "-m", "bot", "sandbox", *script],
        cwd=unpacked.parent,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Token disabled, then undone" in ended.stdout


def test_the_sandboxes_page_is_in_the_wheel(unpacked: Path) -> None:
    """Its templates, styles and scripts are data, of which Python knows nothing."""
    page = Path("bot", "sandbox", "page")

    there, here = (
        {
            str(each.relative_to(folder))
            for part in ("templates", "static")
            for each in (folder / page / part).iterdir()
        }
        for folder in (unpacked, ROOT)
    )

    assert there == here
    assert {str(page / "templates" / "page.html"), str(page / "static" / "page.css")} <= there


def test_the_manifest_comes_from_the_wheel(unpacked: Path) -> None:
    """Whoever has installed the bot needs no checkout to create its app."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "manifest", "--url", "https://bot.example.com"],
        cwd=unpacked.parent,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (ROOT / "manifests" / "slack-app.yaml").read_text(encoding="utf-8")


def test_the_stand_alone_verifier_is_in_the_wheel(unpacked: Path) -> None:
    """It runs from there with Python's standard library alone."""
    verifier = unpacked / "bot" / "audit_verifier" / "verify_record.py"
    alone = [sys.executable, "-I", "-S", str(verifier), str(unpacked / "none.jsonl")]
    ended = subprocess.run(alone, capture_output=True, text=True, check=False, timeout=60)

    assert ended.returncode == 2
    assert "No such file or directory" in ended.stderr


def test_the_wheel_is_what_was_imported(unpacked: Path) -> None:
    """The test above did not run the checkout by accident."""
    where = subprocess.run(
        [sys.executable, "-c", "import bot; print(bot.__file__)"],
        cwd=unpacked.parent,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert Path(where.stdout.strip()).is_relative_to(unpacked)
    assert [p.name for p in unpacked.iterdir() if p.name in {"tests", "docs"}] == []
