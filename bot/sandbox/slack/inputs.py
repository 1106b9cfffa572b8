"""What people fill in: the inputs of a view and the values in them.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.sandbox.slack.impossible import ImpossibleInSlackError
from bot.sandbox.slack.messages import Blocks, interactive_elements

Value: TypeAlias = dict[str, Any]
State: TypeAlias = dict[str, dict[str, Value]]
"""Values by block_id and action_id, as Slack sends them."""

_OPTION: Final = ("selected_option", "initial_option")
_OPTIONS: Final = ("selected_options", "initial_options")
_KEYS: Final[Mapping[str, tuple[str, str]]] = {
    "plain_text_input": ("value", "initial_value"),
    "static_select": _OPTION,
    "radio_buttons": _OPTION,
    "users_select": ("selected_user", "initial_user"),
    "checkboxes": _OPTIONS,
    "multi_static_select": _OPTIONS,
}
"""Where the value stands, and where the element says what it is at first."""


@dataclass(frozen=True)
class Input:
    """An input block: a label, and the element that takes the answer."""

    block_id: str
    label: str
    element: Mapping[str, Any]
    is_optional: bool

    @property
    def is_text(self) -> bool:
        """Whether it is typed, not chosen."""
        return bool(self.element["type"] == "plain_text_input")

    def content(self, state: State) -> Any:
        """Give what stands in it, nothing if it is empty."""
        value = state[self.block_id][self.element["action_id"]]
        return value[_KEYS[value["type"]][0]]

    def fill(self, state: State, text: str) -> None:
        """Have a person type a text or choose; options by their text or value, one a line.

        Raises:
            ImpossibleInSlackError: If the element does not take this.
        """
        state[self.block_id][self.element["action_id"]] = self._answer(text)

    def require(self, state: State) -> None:
        """Refuse to submit what the person's client would not.

        Raises:
            ImpossibleInSlackError: If the answer is missing, too short or too long.
        """
        content = self.content(state)
        if not content and not self.is_optional:
            raise ImpossibleInSlackError(f"{self.label!r} is required")
        if content and self.is_text:
            least, most = self.element.get("min_length", 0), self.element.get("max_length", 3000)
            if not least <= len(content) <= most:
                raise ImpossibleInSlackError(f"{self.label!r} takes {least} to {most} characters")

    def _answer(self, text: str) -> Value:
        kind = self.element["type"]
        key, _ = _KEYS[kind]
        if kind in {"plain_text_input", "users_select"}:
            if "\n" in text and not self.element.get("multiline"):
                raise ImpossibleInSlackError(f"{self.label!r} takes one line")
            return {"type": kind, key: text or None}
        chosen = [self._option(line) for line in text.split("\n") if line]
        if key == _OPTIONS[0]:
            return {"type": kind, key: chosen}
        if len(chosen) > 1:
            raise ImpossibleInSlackError(f"{self.label!r} takes one option")
        return {"type": kind, key: chosen[0] if chosen else None}

    def _option(self, name: str) -> Mapping[str, Any]:
        options: Sequence[Mapping[str, Any]] = self.element["options"]
        for option in options:
            if name in {option["text"]["text"], option["value"]}:
                return option
        there = [option["text"]["text"] for option in options]
        raise ImpossibleInSlackError(f"{self.label!r} has no option {name!r}; there are: {there}")


def inputs_in(blocks: Blocks) -> list[Input]:
    """Find the input blocks, in order."""
    return [
        Input(
            block_id=block["block_id"],
            label=block["label"]["text"],
            element=block["element"],
            is_optional=block.get("optional", False),
        )
        for block in blocks
        if block["type"] == "input"
    ]


def find_input(inputs: Sequence[Input], name: str) -> Input:
    """Find the input of this block_id or label.

    Raises:
        ImpossibleInSlackError: If there is none, or several have the label.
    """
    found = [i for i in inputs if i.block_id == name] or [i for i in inputs if i.label == name]
    if len(found) != 1:
        there = [(i.block_id, i.label) for i in inputs]
        raise ImpossibleInSlackError(f"{len(found)} inputs are {name!r}; there are: {there}")
    return found[0]


def state_of(blocks: Blocks, earlier: State) -> State:
    """Give the values of new blocks: what was filled in where the ids stay, else what is set.

    https://docs.slack.dev/reference/views/modal-views
    """
    state: State = {}
    for block in blocks:
        for element in interactive_elements(block):
            kind, action_id = element["type"], element["action_id"]
            if kind not in _KEYS:
                continue
            before = earlier.get(block["block_id"], {}).get(action_id)
            kept = before if before is not None and before["type"] == kind else None
            state.setdefault(block["block_id"], {})[action_id] = kept or _at_first(element)
    return state


def filled_in(blocks: Blocks, answers: Mapping[str, str]) -> State:
    """Give the values of a message's own inputs, as a person has filled them in.

    Raises:
        ImpossibleInSlackError: If there is no such input, or it does not take the answer.
    """
    state = state_of(blocks, {})
    for name, text in answers.items():
        find_input(inputs_in(blocks), name).fill(state, text)
    return state


def _at_first(element: Mapping[str, Any]) -> Value:
    key, initial = _KEYS[element["type"]]
    nothing: object = [] if key == _OPTIONS[0] else None
    return {"type": element["type"], key: element.get(initial) or nothing}
