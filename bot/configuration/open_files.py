"""Files that everybody on this machine can read or write, and should not."""

import stat
from pathlib import Path

from bot.configuration.document import Document
from bot.configuration.sections import INSTANCES, Outside


def open_files(policy: Path, document: Document, outside: Outside) -> tuple[str, ...]:
    """Name those among the policy file and the files of tokens; each with what to do.

    Whoever writes the policy file gives roles, and whoever reads a token's is as strong as the bot.

    Args:
        policy: The policy file.
        document: What it says.
        outside: Where its paths begin.
    """
    tokens = [
        outside.folder / table["token_file"]
        for table in document.content.get(INSTANCES, [])
        if "token_file" in table
    ]
    return (
        *(
            f"everybody on this machine can write {policy}, which says who may do what: run chmod "
            "o-w on it"
            for mode in [_mode(policy)]
            if mode & stat.S_IWOTH
        ),
        *(
            f"everybody on this machine can read {file}, which holds an API token: run chmod 600 "
            "on it"
            for file in tokens
            if _mode(file) & stat.S_IROTH
        ),
    )


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode
    except OSError:
        # Gone since it was read.
        return 0
