"""Any event that could be recorded."""

from hypothesis import strategies as st

from bot.changes.audit import AuditEvent, EventTag
from tests.changes.samples import IDS, MOMENTS, SHORT_TEXTS, TEXTS

EVENTS = st.builds(
    AuditEvent,
    tag=st.sampled_from(EventTag),
    at=MOMENTS,
    actor=TEXTS,
    team=TEXTS,
    change_id=st.none() | SHORT_TEXTS,
    instance=st.none() | TEXTS,
    authorization_id=st.none() | IDS,
    detail=st.dictionaries(TEXTS, st.none() | TEXTS | st.integers(), max_size=3),
)
