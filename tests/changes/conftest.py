from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.changes.samples import authorization
from tests.changes.workshop import InMemoryAuthorizations, Workshop, workshop

TOKENS = tuple(
    authorization(id=f"0d0d0d0d0d0d000{n}", description=f"telegraf {n}") for n in range(1, 6)
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A heart with one instance that has five tokens of Alice's."""
    async with workshop(tmp_path, InMemoryAuthorizations(TOKENS)) as opened:
        yield opened


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A heart with two instances; both have the first token, and each has one of its own."""
    instances = (
        InMemoryAuthorizations(TOKENS[:2]),
        InMemoryAuthorizations((TOKENS[0], TOKENS[2]), "lab"),
    )
    async with workshop(tmp_path, *instances) as opened:
        yield opened
