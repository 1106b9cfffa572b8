"""The promises that several people at once put to the test, kept by two replicas.

What is typed and pressed goes to one replica after another, so presses at the same moment on the
same buttons are taken by both.
"""

from tests.promises.test_main_job import (
    test_a_stranger_causes_no_request_to_influxdb,
    test_a_strangers_click_causes_no_request_to_influxdb,
    test_description_arrives_verbatim,
    test_disable_then_undo,
)
from tests.promises.test_p4_two_approvers import (
    test_approve_and_cancel_at_once,
    test_approve_and_deny_at_once,
    test_the_last_two_of_a_quorum_at_once,
    test_two_approvers_at_once,
    test_two_undos_that_need_an_approval,
)

__all__ = [
    "test_a_stranger_causes_no_request_to_influxdb",
    "test_a_strangers_click_causes_no_request_to_influxdb",
    "test_approve_and_cancel_at_once",
    "test_approve_and_deny_at_once",
    "test_description_arrives_verbatim",
    "test_disable_then_undo",
    "test_the_last_two_of_a_quorum_at_once",
    "test_two_approvers_at_once",
    "test_two_undos_that_need_an_approval",
]
