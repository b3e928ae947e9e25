"""Connections over streams of asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

from ._http import Endpoint, Lost, Response, read_response


class Connection:
    """One connection; it carries one exchange at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.used_at = 0.0
        self.reused = False

    @classmethod
    async def open(cls, target: Endpoint, context: ssl.SSLContext | None) -> Connection:
        if target.path is not None:
            return cls(*await asyncio.open_unix_connection(target.path))
        return cls(*await asyncio.open_connection(target.host, target.port, ssl=context))

    async def exchange(self, data: bytes) -> Response:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.writer.write(data)
            await self.writer.drain()
        reading = read_response()
        want = next(reading)
        fresh = True
        try:
            while True:
                got = await self.reader.read(65536 if want is None else len(want))
                fresh = False
                if want is None:
                    want = reading.send(got)
                else:
                    want[: len(got)] = got
                    want = reading.send(len(got))
        except StopIteration as stop:
            response: Response = stop.value
            return response
        except OSError as error:
            raise Lost(str(error), fresh) from error

    def is_alive(self) -> bool:
        return not (self.reader.at_eof() or self.writer.is_closing())

    def close(self) -> None:
        self.writer.transport.abort()
