"""When to send a call again: a value that decides, without sockets or clocks."""

from __future__ import annotations

from typing import Any

from ._calls import Call, failure
from ._http import Lost, Response

FIRST_DELAY = 0.05
LONGEST_DELAY = 2.0


class Attempts:
    """The attempts of one call. Each method answers with the seconds to wait before the next, or None for "no more".

    A broken connection is mended only for calls that are safe to repeat, or when nothing was sent. A repeated call
    that finds its first copy still running (``busy``) waits for that one, for as long as one call may take.
    """

    def __init__(self, call: Call[Any], retries: int, timeout: float | None) -> None:
        self.call = call
        self.retries = retries
        self.patience = timeout if timeout is not None else float("inf")
        self.failures = 0
        self.renewed = False

    def after_loss(self, lost: Lost, reused: bool, sent: bool) -> float | None:
        """`reused`: the connection had served before, so the server may just have ended its idle time."""
        if sent and not self.call.safe:
            return None
        if reused and lost.fresh and not self.renewed:
            self.renewed = True
            return 0.0
        if self.failures >= self.retries:
            return None
        self.failures += 1
        return self._delay()

    def after_response(self, response: Response) -> float | None:
        """None also for every answer that is final."""
        if response.status == 409 and self.call.safe and (self.failures or self.renewed):
            if failure(response).code == "busy":
                delay = min(self._delay(), 0.25)
                self.patience -= delay
                return delay if self.patience > 0 else None
        if response.status == 503 and self.call.safe and self.failures < self.retries:
            after = response.headers.get("retry-after", "")
            if after.isascii() and after.isdigit() and failure(response).code == "unavailable":
                self.failures += 1
                return min(float(after), LONGEST_DELAY)
        return None

    def _delay(self) -> float:
        return min(FIRST_DELAY * 2.0 ** max(0, self.failures - 1), LONGEST_DELAY)
