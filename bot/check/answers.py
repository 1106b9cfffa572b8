"""What came of asking Slack something: an answer, a refusal, or none of either."""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Refused:
    """Slack refused; ``code`` is its word for why."""

    code: str


@dataclass(frozen=True)
class Silent:
    """No answer of Slack's came; ``why`` goes on from its name, such as ``did not answer``."""

    why: str


Told: TypeAlias = T | Refused | Silent


def reason(answer: Refused | Silent) -> str:
    """Say why there is no answer, as it goes on from Slack's name."""
    return answer.why if isinstance(answer, Silent) else f"says {answer.code}"
