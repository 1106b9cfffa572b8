from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import SecretStr

from bot.changes.asking import Ask, Received
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.secret_in_words import secret_in_words
from bot.commands.answers import Answer, FormName, FormWanted
from bot.commands.grammar import LONGEST_TEXT
from bot.slack.blocks.action_ids import ActionId
from bot.slack.forms.form import Filled, Form, InFieldError
from bot.slack.forms.metadata import RESERVED, unpacked
from bot.slack.other_version import of_another_version

CALLBACK = "callback"
SURFACE = "surface"
# What the registry writes itself beside what a form is about and its fields, or others read there.
_TAKEN = {CALLBACK, SURFACE, "action"}


class Forms:
    """Know every form: by its callback id, and by the button that opens it.

    Args:
        forms: All of them.

    Raises:
        ValueError: If a form uses a name that is taken.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        self._forms = {form.name: form for form in forms}
        for form in self._forms.values():
            _check_names(form)
        self._behind = {form.opened_by: form for form in self._forms.values() if form.opened_by}

    def find(self, name: str) -> Form | None:
        """Give a form by its callback id, or None."""
        return self._forms.get(FormName(name)) if name in set(FormName) else None

    def named(self, name: FormName) -> Form:
        """Give a form by its name."""
        return self._forms[name]

    def behind(self, action_id: str, value: str) -> FormWanted | None:
        """Give the form that a button opens, or None; raise UserError if it names nothing."""
        form = self._behind.get(ActionId(action_id)) if action_id in set(ActionId) else None
        return None if form is None else FormWanted(form.name, form.named_by(value))

    async def wanted(self, ask: Ask, wanted: FormWanted) -> FormWanted:
        """Let somebody have a form; raise UserError if they may not."""
        await self.named(wanted.form).admit(ask, wanted.about)
        return wanted

    def read(self, view: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, SecretStr], str]:
        """Read a submission: what may be stored, what must not be, and where it was opened.

        Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
        """
        metadata = unpacked(_text(view.get("private_metadata")))
        about = metadata.about
        callback = _text(view.get("callback_id"))
        form = self.find(callback)
        content = {CALLBACK: callback}
        if metadata.surface:
            content[SURFACE] = metadata.surface
        if form is None:
            return content, {}, metadata.channel_id
        content |= {name: about.get(name, "") for name in form.about}
        content |= {block: _typed(view, block) for block in form.fields}
        secret = {block: SecretStr(_typed(view, block)) for block in form.secret_fields}
        return content, secret, metadata.channel_id

    def storable(self, received: Received) -> bool:
        """Tell whether a submission may be stored before it is decided: its fields are in order."""
        content = received.content
        form = self.find(content[CALLBACK])
        if form is None:
            return True
        if any(_wrong(content.get(block, ""), word) for block, word in form.fields.items()):
            return False
        return form.storable(_filled(form, received))

    async def submitted(self, ask: Ask, received: Received) -> Answer:
        """Carry out what was submitted in a form; raise UserError if that cannot be done."""
        content = received.content
        form = self.find(content[CALLBACK])
        if form is None:
            raise UserError(of_another_version("form", "Close it, and ask again."))
        for block, word in form.fields.items():
            problem = _wrong(content.get(block, ""), word)
            if problem is not None:
                raise InFieldError(problem, block)
        return await form.submitted(ask, _filled(form, received))


def _check_names(form: Form) -> None:
    """Let no name of a form stand for two things; raise ValueError."""
    fields = (*form.fields, *form.secret_fields)
    names = [*form.about, *fields]
    taken = {name for name in names if name in _TAKEN or names.count(name) > 1}
    taken |= RESERVED & set(names)
    if taken:
        raise ValueError(f"the form {form.name} uses a taken name: {', '.join(sorted(taken))}")


def _filled(form: Form, received: Received) -> Filled:
    content = received.content
    return Filled(
        about={name: content.get(name, "") for name in form.about},
        typed={block: content.get(block, "") for block in form.fields},
        secret=received.secret,
    )


def _wrong(text: str, word: str) -> Problem | None:
    """Say what is wrong with a field's text, which Slack's own limits need not have held."""
    if len(text) > LONGEST_TEXT:
        return Problem(
            ErrorCode.USAGE,
            f"The {word} is longer than {LONGEST_TEXT:,} characters. Nothing was stored, and "
            "nothing was changed.",
            "Write less.",
        )
    return secret_in_words(word, text)


def _typed(view: Mapping[str, Any], block_id: str) -> str:
    """Give what the one field of a block holds; of several boxes, each on a line of its own."""
    fields = _mapping(_mapping(_mapping(view.get("state")).get("values")).get(block_id))
    for name in fields:
        field = _mapping(fields[name])
        chosen = field.get("selected_options")
        if isinstance(chosen, list):
            return "\n".join(_text(_mapping(each).get("value")) for each in chosen)
        option = _mapping(field.get("selected_option"))
        return _text(field.get("value")) or _text(option.get("value"))
    return ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
