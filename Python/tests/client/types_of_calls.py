"""Never run: mypy (`make lint`) checks that the calls of both clients have the types that callers rely on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from typing_extensions import assert_type

import corral
from corral import AsyncSession, ResetResult, Session, StepResult


def synchronous(client: corral.Client) -> None:
    assert_type(client.health(), dict[str, Any])
    assert_type(client.environments.get("a"), dict[str, Any])
    assert_type(client.sessions.create("a"), Session)
    assert_type(client.sessions.create("a", count=2), list[Session])
    assert_type(client.sessions.get("a"), Session)
    assert_type(client.sessions.list(), Iterator[dict[str, Any]])
    with client.sessions.create("a") as session:
        assert_type(session, Session)
        assert_type(session.reset(), ResetResult)
        assert_type(session.step(0), StepResult)
        assert_type(session.index, int | None)
    client.sessions.create("a", count="many")  # type: ignore[call-overload]


async def asynchronous(client: corral.AsyncClient) -> None:
    assert_type(await client.health(), dict[str, Any])
    assert_type(await client.environments.get("a"), dict[str, Any])
    assert_type(await client.sessions.create("a"), AsyncSession)
    assert_type(await client.sessions.create("a", count=2), list[AsyncSession])
    assert_type(await client.sessions.get("a"), AsyncSession)
    assert_type(client.sessions.list(), AsyncIterator[dict[str, Any]])
    async with await client.sessions.create("a") as session:
        assert_type(session, AsyncSession)
        assert_type(await session.reset(), ResetResult)
        assert_type(await session.step(0), StepResult)
        assert_type(session.index, int | None)
    await client.sessions.create("a", count="many")  # type: ignore[call-overload]
