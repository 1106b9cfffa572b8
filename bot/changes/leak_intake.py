from dataclasses import dataclass

from pydantic import SecretStr

from bot.changes.asking import Ask
from bot.changes.change_ids import new_change_id
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.intake import Intake
from bot.changes.leak_report import LeakReport
from bot.changes.pasted import fingerprint, unusual
from bot.changes.ports import LeakCounts
from bot.changes.request import ChangeRequest
from bot.changes.secret_in_words import secret_in_words
from bot.changes.vault import Vault


@dataclass(frozen=True)
class Leak:
    """What somebody reports.

    Attributes:
        secret: The leaked secret, stripped of what was pasted around it.
        found_in: Where it was found.
        others: Whether every other active token of its owner is to be disabled as well.
    """

    secret: SecretStr
    found_in: str = ""
    reason: str = ""
    others: bool = False


class LeakIntake:
    """Take in reports of leaked secrets: the report is stored, the secret held in memory alone.

    Args:
        intake: Decides and stores.
        vault: Holds the secrets.
        key: The key under which a secret may be remembered by its HMAC; None if it may not.
        counts: Told of each report, for the metrics.
    """

    def __init__(
        self, intake: Intake, vault: Vault, key: SecretStr | None, counts: LeakCounts
    ) -> None:
        self._intake = intake
        self._vault = vault
        self._key = key
        self._counts = counts

    async def report(self, ask: Ask, leak: Leak) -> ChangeRequest:
        """Store a report, to be looked into at once; InfluxDB is not asked here.

        Raises:
            UserError: If it is denied, or its words hold what looks like a secret, and what
                ``Intake`` raises.
        """
        problem = secret_in_words("reason", leak.reason, leak.secret) or secret_in_words(
            "place", leak.found_in, leak.secret
        )
        if problem is not None:
            await self._intake.refuse(ask, problem, "leak")
            raise UserError(problem)
        draft = ChangeRequest(
            id=new_change_id(),
            requester=ask.person,
            origin=ask.origin,
            targets=(),
            reason=leak.reason,
            created_at=ask.now,
            typed_by=ask.typed_by,
            keeper=self._vault.keeper,
            asked_with=ask.request_id,
            leak=LeakReport(
                found_in=leak.found_in,
                unusual=unusual(leak.secret),
                fingerprint="" if self._key is None else fingerprint(self._key, leak.secret),
                others=leak.others,
            ),
        )
        # It is there before anybody can take the report up.
        self._vault.put(draft.id, leak.secret)
        try:
            async with self._intake.committed(ask) as transaction:
                outcome = await self._intake.judge(transaction, ask, draft)
                if not isinstance(outcome, Problem):
                    await self._intake.store(transaction, ask, outcome)
            stored = self._intake.taken(outcome)
        except UserError as error:
            if error.problem.code is not ErrorCode.NOT_CONFIRMED_STORED:
                self._vault.forget(draft.id)
            # It may be stored; if it is not, the keeper of secrets forgets it soon.
            raise
        except BaseException:
            self._vault.forget(draft.id)
            raise
        self._counts.received()
        return stored
