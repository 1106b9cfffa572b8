import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class OneAnswerProtocol(H11Protocol):
    """HTTP in which a request gets one answer, be it that it turns out to be none.

    Left to itself uvicorn answers 400 to a body that breaks HTTP's rules, also where the
    application has answered already, or is about to: each time a traceback in the log, at the
    wish of anybody who reaches the port.
    """

    def send_400_response(self, msg: str) -> None:
        """Answer that this is no HTTP, unless an answer has begun; then close."""
        begun = self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}
        # What answers HEAD has no body, and uvicorn's 400 has one.
        bodiless = self.scope is not None and self.scope["method"] == "HEAD"
        if self.cycle is not None and not self.cycle.response_complete:
            # To the application it is as if the sender had gone.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if begun or bodiless:
            self.transport.close()
        else:
            super().send_400_response(msg)
