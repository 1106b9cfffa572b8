"""Put the heart together: what decides, stores and carries out, whatever edges it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.changes.acks_first import AcksFirst
from bot.changes.announcing import Announcing
from bot.changes.approvers import Approvers
from bot.changes.carrying_out import CarryingOut
from bot.changes.drift_watch import DriftPace
from bot.changes.ending import Ending
from bot.changes.execution import Execution
from bot.changes.executor import Executor, Pace
from bot.changes.holding import Holding
from bot.changes.intake import Intake
from bot.changes.keeping import Keeping
from bot.changes.leak_execution import LeakExecution
from bot.changes.leak_intake import LeakIntake
from bot.changes.leak_progress import LeakProgress
from bot.changes.lifecycle import Lifecycle
from bot.changes.moves import Moves
from bot.changes.next_stage import NextStage
from bot.changes.outcome_counting import OutcomeCounting
from bot.changes.pauses import Pauses
from bot.changes.policy import Policy
from bot.changes.ports import Authorizations, Counts, Directory, Messenger, Store
from bot.changes.preparation import Preparation
from bot.changes.progress import Progress
from bot.changes.queries import Queries
from bot.changes.rereading import Rereading
from bot.changes.reversals import Reversals
from bot.changes.reviews import Reviews
from bot.changes.ruling import Rulings
from bot.changes.settling import Settling
from bot.changes.steps import Reached, unobserved
from bot.changes.telling_approvers import TellingApprovers
from bot.changes.tracing import Tracing
from bot.changes.vault import Vault
from bot.changes.watching import Watch, Watching
from bot.changes.weighing import Weighing


@dataclass(frozen=True)
class Tempo:
    """How fast changes are carried out, and how long things are waited for.

    Attributes:
        pace: How the executor takes requests.
        pauses: How long a request waits before it is looked at again.
        watch: How closely a request with several targets is watched.
        drift: When what was disabled is read again.
        late: How long a PATCH whose answer was lost may still arrive.
        patches_at_once: How many PATCHes of one request are sent at a time.
    """

    pace: Pace = field(default_factory=Pace)
    pauses: Pauses = field(default_factory=Pauses)
    watch: Watch = field(default_factory=Watch)
    drift: DriftPace = field(default_factory=DriftPace)
    late: timedelta = timedelta(minutes=2)
    patches_at_once: int = 32


@dataclass(frozen=True)
class Edges:
    """What the heart is given from outside.

    Attributes:
        instances: The InfluxDB instances by name.
        store: The database.
        directory: Tells what Slack says of people.
        policy: Gives the policy in force.
        clock: Tells the time.
        command: The slash command's name, for hints.
        keeper: The name of this process, as that which keeps leaked secrets, or requests.
        only_kept: Whether this process takes nothing up but what it keeps: what is asked here.
        fingerprint_key: The key under which a leaked secret may be remembered by its HMAC.
        counts: Told what is decided and what comes of it, for the metrics.
        reached: Told of each step in the life of a change.
    """

    instances: Mapping[str, Authorizations]
    store: Store
    directory: Directory
    policy: Callable[[], Policy]
    clock: Callable[[], datetime]
    command: str
    keeper: str
    fingerprint_key: SecretStr | None
    counts: Counts
    reached: Reached = unobserved
    only_kept: bool = False


class Heart:
    """What decides, stores and carries out.

    Args:
        edges: What it is given from outside.
        messenger: Slack, as far as the life of a change needs it.
        tempo: How fast it works.
    """

    def __init__(self, edges: Edges, messenger: Messenger, tempo: Tempo) -> None:
        store, clock, instances = edges.store, edges.clock, edges.instances
        reached = edges.reached
        rulings = Rulings(edges.policy, edges.directory, store)
        weighing = Weighing(store)
        preparation = Preparation(instances, weighing, clock)
        progress = Progress(store, clock, reached)
        leak_progress = LeakProgress(progress, store, clock, reached)
        vault = Vault(edges.keeper)
        settling = Settling(progress, tempo.late)
        holding = Holding(store, clock, tempo.pace.lease, reached)
        announcing = Announcing(store, messenger, reached)
        executions = {
            name: Execution(
                *(instance, weighing, progress, holding, settling),
                at_once=tempo.patches_at_once,
                reached=reached,
            )
            for name, instance in instances.items()
        }
        carrying_out = CarryingOut(
            instances=instances,
            executions=executions,
            store=store,
            rulings=rulings,
            progress=progress,
            holding=holding,
            leaks=LeakExecution(
                instances=instances,
                executions=executions,
                progress=progress,
                leak_progress=leak_progress,
                vault=vault,
                clock=clock,
                reached=reached,
            ),
            watching=Watching(store, rulings, announcing, clock, tempo.watch),
            clock=clock,
        )
        next_stage = NextStage(
            rulings=rulings,
            preparation=preparation,
            tracing=Tracing(instances, vault, preparation, clock),
            carrying_out=carrying_out,
            progress=progress,
            leak_progress=leak_progress,
            clock=clock,
            pauses=tempo.pauses,
            instances=len(instances),
            counting=OutcomeCounting(edges.counts),
        )
        lifecycle = Lifecycle(
            next_stage=next_stage,
            carrying_out=carrying_out,
            announcing=announcing,
            telling_approvers=TellingApprovers(
                store=store,
                announcing=announcing,
                approvers=Approvers(edges.policy, edges.directory),
                clock=clock,
                pauses=tempo.pauses,
                reached=reached,
            ),
            ending=Ending(store, messenger, clock, tempo.pauses, reached),
            rereading=Rereading(
                instances=instances,
                store=store,
                announcing=announcing,
                clock=clock,
                pace=tempo.drift,
                pauses=tempo.pauses,
                counts=edges.counts.changes,
                reached=reached,
            ),
            clock=clock,
            pauses=tempo.pauses,
            vault=vault,
        )
        self.acks = AcksFirst()
        self.executor = Executor(
            *(lifecycle, store),
            clock=clock,
            pace=tempo.pace,
            counts=edges.counts.executor,
            keeper=vault.keeper,
            only_kept=edges.only_kept,
            acks=self.acks,
            reached=reached,
        )
        self.vault = vault
        self.keeping = Keeping(vault, store, always=edges.only_kept)
        self.intake = Intake(
            *(store, edges.policy, edges.command, self.executor.wake),
            reached=reached,
            counts=edges.counts.changes,
        )
        self.reversals = Reversals(self.intake)
        self.moves = Moves(self.intake, edges.counts.leaks)
        self.reviews = Reviews(self.intake)
        self.leak_intake = LeakIntake(self.intake, vault, edges.fingerprint_key, edges.counts.leaks)
        self.queries = Queries(
            *(instances, store, preparation, rulings, clock), patience=tempo.pauses.try_for
        )
