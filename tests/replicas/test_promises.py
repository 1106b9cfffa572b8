"""The promises that several people at once put to the test, kept by two replicas.

What is typed and pressed goes to one replica after another, so presses at the same moment on the
same buttons are taken by both.
"""

from tests.promises.test_break_glass import (
    test_two_at_once_by_one_person,
    test_two_reviewers_at_once,
)
from tests.promises.test_main_job import (
    test_a_stranger_causes_no_request_to_influxdb,
    test_a_strangers_click_causes_no_request_to_influxdb,
    test_description_arrives_verbatim,
    test_disable_then_undo,
)
from tests.promises.test_p1_stored_before_acknowledged import (
    test_a_change_is_in_the_database_when_its_ack_arrives,
    test_no_commit_in_time_is_said_and_nothing_is_done,
)
from tests.promises.test_p4_once import (
    test_a_double_click_undoes_once,
    test_a_repeat_that_overlaps_the_first_has_no_effect,
    test_a_repeated_denial_is_recorded_once,
    test_changes_of_one_authorization_run_in_the_order_they_were_asked,
    test_changes_of_one_authorization_run_one_after_the_other,
)
from tests.promises.test_p4_two_approvers import (
    test_approve_and_cancel_at_once,
    test_approve_and_deny_at_once,
    test_the_last_two_of_a_quorum_at_once,
    test_two_approvers_at_once,
    test_two_undos_that_need_an_approval,
)

__all__ = [
    "test_a_change_is_in_the_database_when_its_ack_arrives",
    "test_a_double_click_undoes_once",
    "test_a_repeat_that_overlaps_the_first_has_no_effect",
    "test_a_repeated_denial_is_recorded_once",
    "test_a_stranger_causes_no_request_to_influxdb",
    "test_a_strangers_click_causes_no_request_to_influxdb",
    "test_approve_and_cancel_at_once",
    "test_approve_and_deny_at_once",
    "test_changes_of_one_authorization_run_in_the_order_they_were_asked",
    "test_changes_of_one_authorization_run_one_after_the_other",
    "test_description_arrives_verbatim",
    "test_disable_then_undo",
    "test_no_commit_in_time_is_said_and_nothing_is_done",
    "test_the_last_two_of_a_quorum_at_once",
    "test_two_approvers_at_once",
    "test_two_at_once_by_one_person",
    "test_two_reviewers_at_once",
    "test_two_undos_that_need_an_approval",
]
