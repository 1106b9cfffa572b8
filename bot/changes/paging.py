"""Cut a list into pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Paged(Generic[T]):
    """One page of a list.

    Attributes:
        items: What stands on it.
        page: Its number, from 0.
        pages: How many there are; an empty list has one.
    """

    items: tuple[T, ...]
    page: int
    pages: int


def paged(items: Sequence[T], wanted: int, size: int) -> Paged[T]:
    """Give a page, or the nearest there is where the list has become shorter."""
    pages = max(1, -(-len(items) // size))
    page = min(max(wanted, 0), pages - 1)
    return Paged(tuple(items[page * size : (page + 1) * size]), page, pages)
