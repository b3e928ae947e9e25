"""One WebSocket as a client sees it, without a socket: bytes in and out, messages in and out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from . import errors
from ._http import Endpoint, Lost
from ._messages import SUBPROTOCOL

MOST = 1 << 30
"""Longest accepted message, in bytes."""


class Dialogue:
    """The protocol of one connection; `waiting` holds the messages that arrived, each with whether it is binary."""

    def __init__(self, target: Endpoint, headers: Mapping[str, str]) -> None:
        try:
            from websockets.client import ClientProtocol
            from websockets.frames import Opcode
            from websockets.protocol import State
            from websockets.uri import parse_uri
        except ImportError:
            raise errors.error(
                "failed_precondition", "the Python package websockets is missing", "pip install websockets"
            ) from None
        self._open, self._codes = State.OPEN, Opcode
        uri = parse_uri(f"ws{'s' if target.tls else ''}://{target.authority}{target.prefix}/v1/ws")
        quiet = logging.getLogger("corral.websocket")
        quiet.setLevel(logging.CRITICAL)
        self._protocol = ClientProtocol(uri, subprotocols=[SUBPROTOCOL], max_size=MOST, logger=quiet)  # type: ignore[list-item]
        request = self._protocol.connect()
        for name, value in headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._answered = False
        self._parts: list[bytes] = []
        self._binary = False
        self.waiting: list[tuple[bytes, bool]] = []

    @property
    def is_open(self) -> bool:
        return bool(self._protocol.state is self._open)

    def outgoing(self) -> bytes:
        """What has to be sent now."""
        return b"".join(self._protocol.data_to_send())

    def send(self, data: bytes, binary: bool) -> bytes:
        """The bytes that carry one message."""
        if binary:
            self._protocol.send_binary(data)
        else:
            self._protocol.send_text(data)
        return self.outgoing()

    def close(self) -> bytes:
        if self.is_open:
            self._protocol.send_close(1000)
        return self.outgoing()

    def feed(self, data: bytes) -> None:
        """Takes what arrived; nothing is the end.

        Raises `Lost` where the server refused the handshake or broke the protocol, or when the connection is over.
        """
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if not self._answered:
                self._answered = True
                if self._protocol.handshake_exc is not None:
                    raise refusal(event, self._protocol.handshake_exc)
                continue
            self._take(event)
        if self._protocol.handshake_exc is not None:
            raise Lost(f"the WebSocket was refused: {self._protocol.handshake_exc}", False)

    @property
    def is_over(self) -> bool:
        """Whether no message can come any more."""
        return self._answered and not self.is_open and not self.waiting

    @property
    def is_answered(self) -> bool:
        return self._answered

    @property
    def reason(self) -> str:
        return f"the WebSocket ended ({self._protocol.close_code} {self._protocol.close_reason})"

    def _take(self, frame: Any) -> None:
        if frame.opcode in (self._codes.TEXT, self._codes.BINARY):
            self._binary = frame.opcode is self._codes.BINARY
            self._parts = [frame.data]
        elif frame.opcode is self._codes.CONT:
            self._parts.append(frame.data)
        else:
            return
        if frame.fin:
            self.waiting.append((self._parts[0] if len(self._parts) == 1 else b"".join(self._parts), self._binary))
            self._parts = []


def refusal(response: Any, reason: Exception) -> Exception:
    """Why the server does not open the WebSocket: its own error, where it gave one."""
    from ._calls import failure
    from ._http import Response

    status = getattr(response, "status_code", 0)
    if status in (401, 403):
        headers = {str(name).lower(): str(value) for name, value in response.headers.raw_items()}
        return failure(Response(status, headers, bytes(response.body or b""), False))
    return Lost(f"the WebSocket was refused: {reason}", status == 503)
