"""The asynchronous client, against a real server and a scripted one."""

import asyncio

import numpy as np
import pytest
from premises import CARTPOLE
from stub import Proxy, respond

import corral
from corral import errors


def test_sessions_step_side_by_side(server):
    async def play():
        async with corral.aconnect(server) as client:
            assert (await client.health())["status"] == "ok"
            assert isinstance(await client.capabilities(), dict)
            sessions = await client.sessions.create(CARTPOLE, seed=3, count=4)
            for _ in range(5):
                results = await asyncio.gather(*(session.step(1) for session in sessions))
            assert [result.index for result in results] == [5] * 4
            assert all(np.array_equal(result.observation, results[0].observation) for result in results)
            many = await client.step_many([(session, 0) for session in sessions])
            assert [result.index for result in many] == [6] * 4
            await asyncio.gather(*(session.close() for session in sessions))

    asyncio.run(play())


def test_it_gives_what_the_synchronous_client_gives(server, session):
    async def play():
        async with corral.aconnect(server) as client, await client.sessions.create(CARTPOLE, seed=7) as twin:
            assert twin.info["environment"] == session.info["environment"]
            assert twin.observation_space == session.observation_space and twin.action_space == session.action_space
            assert np.array_equal(twin.initial.observation, session.initial.observation)
            assert str(await twin.step(1)) == str(session.step(1))
            with pytest.raises(errors.InvalidAction):
                await twin.step(9)
            assert str(await twin.reset(seed=1)) == str(session.reset(seed=1))
            assert (await twin.refresh())["index"] == 2 and twin.index == 2
            assert isinstance(await twin.logs(), list) and "pids" in await twin.usage()
            assert (await twin.keepalive()).endswith("Z")
            again = await client.sessions.get(twin.id)
            assert (await again.step(0)).index == 3
            names = [item["name"] async for item in client.environments.list()]
            assert "classic/CartPole" in names
            assert (await client.environments.get(CARTPOLE))["name"] == "classic/CartPole"
            assert twin.id in [item["id"] async for item in client.sessions.list(limit=1)]
            with pytest.raises(errors.NotFound):
                await client.environments.get("no/such")

    asyncio.run(play())


def test_tasks_share_a_session(server):
    async def play():
        async with corral.aconnect(server) as client, await client.sessions.create(CARTPOLE) as session:
            results = await asyncio.gather(*(session.step(number % 2) for number in range(6)))
            assert sorted(result.index for result in results) == [1, 2, 3, 4, 5, 6]

    asyncio.run(play())


def test_lost_answers_lose_no_step(server):
    async def play():
        with Proxy(server[len("unix://") :]) as proxy:
            async with corral.aconnect(proxy.url) as client:
                proxy.lose = 1
                session = await client.sessions.create(CARTPOLE, seed=5)
                for number in range(6):
                    proxy.lose = number % 3
                    assert (await session.step(number % 2)).index == number + 1
                await session.close()
                assert proxy.lost == 7

    asyncio.run(play())


def test_a_silent_server_is_a_deadline_exceeded(stub):
    async def play():
        stub.answer = lambda number, request: b"HTTP/1.1 200 OK\r\n"
        async with corral.aconnect(stub.url, timeout=0.2) as client:
            with pytest.raises(errors.DeadlineExceeded):
                await client.health()

    asyncio.run(play())


def test_no_server_is_a_lost_connection():
    async def play():
        async with corral.aconnect("unix:///no/such/socket", retries=0) as client:
            with pytest.raises(errors.ConnectionLost):
                await client.health()

    asyncio.run(play())


def test_the_connection_of_a_cancelled_call_is_not_used_again(stub):
    async def play():
        stub.answer = lambda number, request: b"" if number == 1 else respond(200, {"number": number})
        async with corral.aconnect(stub.url) as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.health(), 0.2)
            assert await client.health() == {"number": 2}
            assert stub.connections == 2
            assert await client.health() == {"number": 3}
            assert stub.connections == 2

    asyncio.run(play())


def test_a_closed_client_says_so(stub):
    async def play():
        client = corral.aconnect(stub.url)
        await client.health()
        await client.close()
        with pytest.raises(errors.FailedPrecondition):
            await client.health()

    asyncio.run(play())
