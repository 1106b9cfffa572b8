"""In which order tokens are tried as the leaked one, as people and the record name them."""

from collections.abc import Iterable, Sequence

from bot.changes.target import Target

Key = tuple[str, str]
"""The instance of an authorization and its id; two instances may have the same id."""


def word_for(target: Target) -> str:
    """Name a token on its instance, whatever others there are."""
    return f"{target.instance}:{target.authorization_id}"


def short_word_for(target: Target, among: Iterable[Target]) -> str:
    """Name a token by its id, and by its instance too where the others are not all there."""
    alone = {each.instance for each in among} <= {target.instance}
    return target.authorization_id if alone else word_for(target)


def keys_of(words: Sequence[str], among: Sequence[Target]) -> tuple[Key, ...] | None:
    """Give the tokens that words name, in their order and each once.

    A word is an id with its instance before it, or an id alone, which must be on one instance only.

    Returns:
        The tokens, or None if a word names none of them, or more than one.
    """
    keys: dict[Key, None] = {}
    for word in words:
        theirs = [t.key for t in among if word in {t.authorization_id, word_for(t)}]
        if len(theirs) != 1:
            return None
        keys[theirs[0]] = None
    return tuple(keys)
