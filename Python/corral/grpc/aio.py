"""The transport of calls over `grpc.aio`: ``corral.aconnect("grpc://HOST:PORT")``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

from .. import errors
from .._calls import Call
from .._http import Endpoint
from .._retry import Attempts
from ..aio import Transport
from .transport import Channel, grpc, messages, outcome

T = TypeVar("T")


class AsyncGRPCTransport(Transport):
    """`GRPCTransport` for asyncio. The channel is opened by the first call, as it belongs to that call's loop."""

    def __init__(
        self, target: Endpoint, headers: Mapping[str, str], timeout: float | None, retries: int, context: Any = None
    ) -> None:
        super().__init__(target._replace(tls=False), headers, timeout, retries)
        self._opening = (target, headers, context)
        self._channel: Channel | None = None

    async def run(self, call: Call[T]) -> T:
        if self._closed:
            raise errors.error("failed_precondition", "the client is closed", "open another one with corral.aconnect")
        self._channel = self._channel or Channel(grpc.aio, *self._opening)
        request = messages.request(call)
        attempts = Attempts(call, self.retries, self.timeout)
        while True:
            try:
                response = request.read(await self._channel.ask(request, self.timeout))
                delay = attempts.after_response(response)
            except grpc.RpcError as error:
                response, delay = outcome(self.target, call, error, attempts, self.timeout)
            if delay is None:
                return call.finish(response)
            await asyncio.sleep(delay)

    async def close(self) -> None:
        await super().close()
        if self._channel is not None:
            await self._channel.channel.close()
