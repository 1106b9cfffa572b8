from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from bot.storage.moments import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

requests = Table(
    "requests",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("requester", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Column("enterprise", String(64)),
    Column("channel_id", String(64), nullable=False),
    Column("response_url", Text),
    Column("pressed_channel", String(64)),
    Column("pressed_ts", String(32)),
    Column("selected_user", Text),
    Column("selected_instance", String(64)),
    Column("selected_update", JSON(none_as_null=True)),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", String(32), nullable=False),
    Column("prepared", Boolean, nullable=False),
    Column("choices", JSON, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    # Why a second person is needed, who that can be, and how many it takes.
    Column("approval", JSON(none_as_null=True)),
    Column("granted_at", UtcDateTime),
    Column("closing", JSON(none_as_null=True)),
    Column("held_back", Text, nullable=False),
    Column("cancelled_by", String(64), nullable=False),
    Column("lasts_seconds", Integer),
    Column("ends_at", UtcDateTime),
    Column("end_noted_at", UtcDateTime),
    Column("timer_stopped_by", String(64), nullable=False),
    Column("undo_of", String(16), ForeignKey("requests.id")),
    Column("undone_by", String(16)),
    Column("retry_of", String(16), ForeignKey("requests.id")),
    Column("retried_by", String(16)),
    # The change whose tokens, active again since, this one disables again.
    Column("again_of", String(16), ForeignKey("requests.id")),
    # What is recorded of a leaked secret whose token this one is to disable.
    Column("leak", JSON(none_as_null=True)),
    # Who has typed it on the bot's own machine; and the process that alone carries it out while it
    # lives, since it holds a leaked secret, or somebody waits at its terminal.
    Column("typed_by", Text),
    Column("keeper", String(64)),
    # The report whose owner's other tokens this one disables.
    Column("leak_of", String(16), ForeignKey("requests.id")),
    # That it ran at once although it needed an approval, and who has reviewed it since.
    Column("break_glass", JSON(none_as_null=True)),
    Column("reviewed_by", String(64), nullable=False),
    Column("reviewed_at", UtcDateTime),
    # Whether another person has to agree whatever the policy says.
    Column("never_alone", Boolean, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("message_channel", String(64)),
    Column("message_ts", String(32)),
    Column("feed_channel", String(64)),
    Column("feed_ts", String(32)),
    Column("announced", Boolean, nullable=False),
    Column("interrupted", Integer, nullable=False),
    # Grows whenever a person moves the request on, so that an executor does not write over that.
    Column("version", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("policy_digest", String(64), nullable=False),
    # What the log calls the request of Slack's with which it was asked for.
    Column("asked_with", String(16), nullable=False),
    # When what it disabled was looked at last, and the looks at which some was active again.
    Column("watched_at", UtcDateTime),
    Column("drifts", JSON, nullable=False),
    # What the executor works by: a request is due until it is finished and announced, and then
    # whenever its timer or the watch over what it disabled wants something done.
    Column("due_at", UtcDateTime),
    Column("lease_owner", String(64)),
    Column("lease_until", UtcDateTime),
    # For which authorization or instance it stands in line, and whether its turn has come since.
    Column("waits_for", String(128)),
    Column("called", Boolean, nullable=False, default=False),
    Column("posted_by_url", Boolean, nullable=False),
    # Who was told of a leaked secret besides, and how much of its timeline.
    Column("leak_told", JSON(none_as_null=True)),
    Index("ix_requests_due_at", "due_at"),
    Index("ix_requests_requester_channel_id", "requester", "channel_id"),
    Index("ix_requests_requester_created_at", "requester", "created_at"),
    Index("ix_requests_state", "state"),
    Index("ix_requests_waits_for", "waits_for"),
)
# Of all requests there are few that it holds, and each look at /metrics asks for them.
UNREVIEWED = requests.c.break_glass.is_not(None) & requests.c.reviewed_at.is_(None)
Index(
    "ix_requests_unreviewed",
    requests.c.requester,
    sqlite_where=UNREVIEWED,
    postgresql_where=UNREVIEWED,
)

# The message of a request as one person has it in a direct message: where it is, and what it shows.
direct_copies = Table(
    "direct_copies",
    metadata,
    Column("request_id", String(16), ForeignKey("requests.id"), primary_key=True),
    Column("user_id", String(64), primary_key=True),
    Column("channel_id", String(64)),
    Column("ts", String(32)),
    # Empty until it is told, or known that this person cannot be.
    Column("shown", String(32), nullable=False),
)

votes = Table(
    "votes",
    metadata,
    Column("request_id", String(16), ForeignKey("requests.id"), primary_key=True),
    Column("voter", String(64), primary_key=True),
    Column("team", String(64), nullable=False),
    Column("enterprise", String(64)),
    Column("voted_at", UtcDateTime, nullable=False),
)

targets = Table(
    "targets",
    metadata,
    Column("request_id", String(16), ForeignKey("requests.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("instance", String(64), nullable=False),
    Column("authorization_id", String(16), nullable=False),
    Column("new_status", String(16)),
    Column("new_description", Text),
    Column("state", String(16), nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("problem", JSON(none_as_null=True)),
    Column("intended_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    # How it was found active again later, at which of the request's drifts, and by which change it
    # is disabled again; or when it was found deleted.
    Column("active_again", JSON(none_as_null=True)),
    Column("drift_number", Integer),
    Column("again_by", String(16)),
    Column("gone_at", UtcDateTime),
    # The digest of the description that its requester had before them, writing the new one.
    Column("replaces", String(16)),
    Index("ix_targets_instance_authorization_id", "instance", "authorization_id"),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("tag", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Column("change_id", String(16)),
    Column("instance", String(64)),
    Column("authorization_id", String(16)),
    Column("detail", JSON, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_events_authorization_id_sequence", "authorization_id", "sequence"),
    Index("ix_audit_events_actor_sequence", "actor", "sequence"),
    Index("ix_audit_events_change_id_sequence", "change_id", "sequence"),
)

# One row. Whoever appends locks it first, so that two cannot take the same place.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# One row: when the record is anchored next, what it was known by at the last one, and whether that
# was told.
audit_anchor = Table(
    "audit_anchor",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("taken_at", UtcDateTime),
    Column("told", Boolean, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("received_at", UtcDateTime, nullable=False),
    Index("ix_deliveries_received_at", "received_at"),
)

holds = Table(
    "holds",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# The processes that hold leaked secrets in memory, or keep requests that somebody waits for at a
# terminal, and until when they count as alive.
keepers = Table(
    "keepers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

stored_queries = Table(
    "stored_queries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("query", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_stored_queries_created_at", "created_at"),
)

# What Slack has sent, and nobody has decided yet, since Slack must be asked who that was.
received = Table(
    "received",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)

# At most one row: while it is there, changes are stopped for every replica.
freezes = Table(
    "freezes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# Who has opened Home, what they look at there, and what they were shown last.
homes = Table(
    "homes",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("team", String(64), nullable=False),
    Column("enterprise", String(64)),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("query", Text, nullable=False),
    # What they were told last, as blocks, and when.
    Column("notice", JSON(none_as_null=True)),
    Column("noticed_at", UtcDateTime),
    # Grows with everything that they do, so that an older page is not shown over a newer one.
    Column("version", Integer, nullable=False),
    # Slack's hash of the page that is shown, and how much of the record is in it.
    Column("view_hash", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("refreshed_at", UtcDateTime, nullable=False),
    Index("ix_homes_opened_at", "opened_at"),
)

# What Slack told last of the policy's user groups and people, for when it does not answer.
told_groups = Table(
    "told_groups",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("members", JSON, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
)
told_accounts = Table(
    "told_accounts",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("account", String(16), nullable=False),
    Column("team", String(64), nullable=False),
    Column("enterprise", String(64)),
    Column("told_at", UtcDateTime, nullable=False),
)

# At most one row: the workspace that Slack told last is the bot's own.
told_workspace = Table(
    "told_workspace",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("team", String(64), nullable=False),
    Column("enterprise", String(64)),
    Column("told_at", UtcDateTime, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# How often somebody was refused lately; the record gets the first few, and then the count.
refusals = Table(
    "refusals",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("team", String(64), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("count", Integer, nullable=False),
)

# When the next message may be posted in a channel, and when a method of Slack's may be called again
# that Slack has asked not to call.
posting_slots = Table(
    "posting_slots",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("free_at", UtcDateTime, nullable=False),
    # While a message is on its way to Slack, how long that may take.
    Column("taken_until", UtcDateTime),
)

# Whose announcement waits for its turn in a channel, and when it comes again.
posting_line = Table(
    "posting_line",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("request_id", String(16), primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
)
