"""A straightforward server of DockerGym's shape: FastAPI in front, one container of docker-py for each session.

It has the routes, the bodies and the life of containers that docs/moving-from-dockergym.md describes for DockerGym, and
is as quick as that shape allows: steps are not held back for a batch, uvicorn runs on uvloop with httptools, and blocking
calls of Docker and waiting for workers each have threads enough for all sessions.

Usage: server.py --image IMAGE --port PORT --max-sessions N WORD…   (the words are the worker's command)
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import docker
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from worker import Worker

LABEL = "dockergym-peer-session"
STOP_TIMEOUT = 2  # seconds between SIGTERM and SIGKILL, DockerGym's default
RESERVED = {"status", "observation", "reward", "score", "done", "cmd", "env_id"}


class Creation(BaseModel):
    env_id: str | None = None
    params: dict[str, Any] = {}


class Step(BaseModel):
    action: str


@dataclass
class Session:
    id: str
    env_id: str
    worker: Worker
    created_at: datetime
    last_active_at: datetime
    observation: str = ""
    info: dict[str, Any] = field(default_factory=dict)
    status: str = "active"
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sessions:
    """The sessions of one image, at most `most` of them."""

    def __init__(self, image: str, command: list[str], most: int) -> None:
        self.image = image
        self.command = command
        self.most = most
        self.docker = docker.from_env(max_pool_size=64)
        self.threads = ThreadPoolExecutor(max_workers=most + 16)
        self.open: dict[str, Session] = {}
        self.taken = 0

    async def create(self, request: Creation) -> Session:
        if self.taken >= self.most:
            raise HTTPException(503, f"No slots available (max {self.most} sessions)")
        self.taken += 1
        try:
            return await self._create(request)
        except BaseException:
            self.taken -= 1
            raise

    async def _create(self, request: Creation) -> Session:
        identifier = str(uuid.uuid4())
        worker = await self._in_thread(Worker.start, self.docker, self.image, self.command, {LABEL: identifier})
        try:
            reply = await self._in_thread(worker.ask, {"cmd": "init", "env_id": request.env_id or "", **request.params})
            if reply.get("status") != "ok":
                raise HTTPException(500, f"Init failed: {reply.get('message', 'unknown error')}")
        except BaseException:
            await self._in_thread(worker.stop, STOP_TIMEOUT)
            raise
        now = datetime.now(timezone.utc)
        session = Session(identifier, request.env_id or "", worker, now, now)
        session.observation, session.info = reply.get("observation", ""), extras(reply)
        self.open[identifier] = session
        return session

    async def step(self, session: Session, action: str) -> dict[str, Any]:
        async with session.turn:
            if session.status == "done":
                raise HTTPException(409, f"Session already done: {session.id}")
            reply = await self._in_thread(session.worker.ask, {"cmd": "step", "action": action})
            session.last_active_at = datetime.now(timezone.utc)
            if reply.get("status") != "ok":
                raise HTTPException(500, reply.get("message", "Step failed"))
            if reply.get("done"):
                session.status = "done"
            return reply

    async def delete(self, session: Session) -> None:
        del self.open[session.id]
        await self._in_thread(session.worker.stop, STOP_TIMEOUT)
        self.taken -= 1

    def find(self, identifier: str) -> Session:
        if identifier not in self.open:
            raise HTTPException(404, f"Session not found: {identifier}")
        return self.open[identifier]

    def _in_thread(self, call: Any, *arguments: Any) -> Any:
        return asyncio.get_running_loop().run_in_executor(self.threads, call, *arguments)

    async def close(self) -> None:
        await asyncio.gather(*(self.delete(session) for session in list(self.open.values())))
        self.threads.shutdown()
        self.docker.close()


def extras(reply: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name not in RESERVED}


class SessionBody(BaseModel):
    session_id: str
    env_id: str
    observation: str
    info: dict[str, Any]
    status: str
    created_at: datetime
    last_active_at: datetime

    @classmethod
    def of(cls, session: Session) -> SessionBody:
        return cls(
            session_id=session.id, env_id=session.env_id, observation=session.observation, info=session.info,
            status=session.status, created_at=session.created_at, last_active_at=session.last_active_at,
        )  # fmt: skip


class StepBody(BaseModel):
    session_id: str
    observation: str
    reward: float
    done: bool
    info: dict[str, Any]


def make_app(sessions: Sessions) -> FastAPI:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await sessions.close()

    app = FastAPI(title="DockerGym's shape", lifespan=lifespan)

    @app.post("/sessions")
    async def create(request: Creation | None = None) -> SessionBody:
        return SessionBody.of(await sessions.create(request or Creation()))

    @app.get("/sessions/{identifier}")
    async def read(identifier: str) -> SessionBody:
        return SessionBody.of(sessions.find(identifier))

    @app.post("/sessions/{identifier}/step")
    async def step(identifier: str, request: Step) -> StepBody:
        reply = await sessions.step(sessions.find(identifier), request.action)
        return StepBody(
            session_id=identifier, observation=reply.get("observation", ""),
            reward=reply.get("reward", reply.get("score", 0.0)), done=bool(reply.get("done")), info=extras(reply),
        )  # fmt: skip

    @app.delete("/sessions/{identifier}")
    async def delete(identifier: str) -> dict[str, str]:
        await sessions.delete(sessions.find(identifier))
        return {"status": "ok", "session_id": identifier}

    @app.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "active_sessions": len(sessions.open), "max_sessions": sessions.most}

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--max-sessions", type=int, default=64)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    app = make_app(Sessions(given.image, given.command, given.max_sessions))
    # The load generator keeps the connections of idle sessions.
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False, timeout_keep_alive=600)


if __name__ == "__main__":
    main()
