"""What a change means beyond the token itself, in plain words."""

from collections.abc import Iterable, Sequence

from bot.changes.authorization import Authorization
from bot.changes.permissions import in_plain_words
from bot.changes.request import ChangeRequest
from bot.changes.update import ChangeKind

_LINES = 3
_EFFECT = {
    ChangeKind.DISABLE: "It then no longer allows",
    ChangeKind.ENABLE: "It then allows again",
}
_EFFECT_ON_OPERATOR = {
    ChangeKind.DISABLE: "It is an operator token: whatever uses it loses control of this InfluxDB.",
    ChangeKind.ENABLE: "It is an operator token: whoever holds it controls this whole InfluxDB.",
}
_EFFECTS = {
    ChangeKind.DISABLE: "Whatever uses them stops working.",
    ChangeKind.ENABLE: "Whoever holds them can use them again.",
}


def blast_radius(request: ChangeRequest) -> tuple[str, ...]:
    """Say what a request stops, or lets happen again, a sentence each.

    Args:
        request: A request whose targets were read; what is left out or so already does not count.
    """
    seen = [target.seen for target in request.targets if not target.state.final]
    tokens = [each for each in seen if each is not None]
    if not tokens or request.kind is ChangeKind.DESCRIBE:
        return ()
    if len(tokens) == 1:
        return _of_one(tokens[0], request.kind)
    return _of_several(tokens, request.kind)


def _of_one(token: Authorization, kind: ChangeKind) -> tuple[str, ...]:
    if token.operator:
        return (_EFFECT_ON_OPERATOR[kind],)
    if not token.permissions:
        return ("It allows nothing.",)
    allowed = in_plain_words(token)
    more = f"; and {len(allowed) - _LINES} more" if len(allowed) > _LINES else ""
    return (f"{_EFFECT[kind]}: {'; '.join(allowed[:_LINES])}{more}.",)


def _of_several(tokens: Sequence[Authorization], kind: ChangeKind) -> tuple[str, ...]:
    operators = sum(token.operator for token in tokens)
    whose = f"{_named(t.user for t in tokens)} in {_named(t.org for t in tokens)}"
    sentences = [f"{_EFFECTS[kind]} They belong to {whose}."]
    if operators:
        noun = "an operator token" if operators == 1 else "operator tokens"
        sentences.append(f"{operators} of them {'is' if operators == 1 else 'are'} {noun}.")
    return tuple(sentences)


def _named(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    if len(distinct) > _LINES:
        return f"{', '.join(distinct[:_LINES])} and {len(distinct) - _LINES} more"
    return " and ".join(distinct)
