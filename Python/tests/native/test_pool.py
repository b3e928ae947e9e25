"""`NativePool`: rows that step in batches while the caller does something else."""

import numpy as np
import pytest

from corral import errors, native

COUNT = 5


@pytest.fixture
def make():
    made = []

    def run(count=COUNT, batch=None, id="CartPole-v1", seed=3, **settings):
        made.append(native.NativePool(id, count, batch, seed=seed, **settings))
        return made[-1]

    yield run
    for pool in made:
        pool.close()


def actions_of(step, rows):
    return (np.asarray(rows) * 7 + step * 3) % 5 % 2


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
@pytest.mark.parametrize("id", ["CartPole-v1", "Taxi-v3", "Blackjack-v1"])
def test_rows_that_step_in_batches_go_the_way_of_rows_that_step_together(make, id, batch):
    if id not in native.environments():
        pytest.skip(f"this library has no {id}")
    together = native.NativeVectorEnv(id, COUNT)
    pool = make(batch=batch, id=id)
    expected = [[] for _ in range(COUNT)]
    observations, _ = together.reset(seed=3)
    for step in range(60):
        observations, rewards, terminated, truncated, infos = together.step(actions_of(step, range(COUNT)))
        for row in range(COUNT):
            one = [part[row] for part in observations] if isinstance(observations, tuple) else observations[row]
            expected[row].append((np.array(one), rewards[row], terminated[row], truncated[row]))
    pool.async_reset()
    steps = np.zeros(COUNT, int) - 1
    while steps.min() < 59:
        got = pool.recv()
        for place, row in enumerate(got.rows):
            steps[row] += 1
            if 0 < steps[row] <= 60:
                last = expected[row][steps[row] - 1]
                seen = got.observations
                mine = [part[place] for part in seen] if isinstance(seen, tuple) else seen[place]
                np.testing.assert_array_equal(mine, last[0])
                flags = (got.rewards[place], got.terminated[place], got.truncated[place])
                assert flags == last[1:], (row, steps[row])
        pool.send(np.array([actions_of(steps[row], row) for row in got.rows]), got.rows)
    together.close()


def test_results_come_in_the_order_of_their_actions(make):
    pool = make(batch=2)
    pool.async_reset()
    order = [pool.recv().rows.tolist() for _ in range(2)]
    pool.send([0, 0], [1, 0])
    pool.send([0, 0], [3, 2])
    order += [pool.recv().rows.tolist() for _ in range(2)]
    assert order == [[0, 1], [2, 3], [4, 1], [0, 3]]


def test_steps_of_episodes_are_counted(make):
    pool = make(2)
    assert pool.reset().elapsed.tolist() == [0, 0]
    counts = [pool.step(np.array([1, step % 2])) for step in range(15)]
    ended = next(step for step, batch in enumerate(counts) if batch.terminated[0])
    assert counts[ended].elapsed[0] == ended + 1 and counts[ended + 1].elapsed[0] == 0
    assert pool.reset([1]).elapsed.tolist() == [0]


def test_recv_does_not_wait_for_what_nobody_sent(make):
    pool = make(batch=2)
    pool.async_reset()
    pool.recv(), pool.recv()
    with pytest.raises(errors.FailedPrecondition, match="1 rows are under way"):
        pool.recv()
    pool.send([1], [0])
    assert pool.recv().rows.tolist() == [4, 0]


def test_a_wrong_action_is_told_by_the_recv_that_would_give_its_row(make):
    pool = make(batch=2)
    pool.async_reset()
    pool.recv(), pool.recv()
    pool.send([0, 7], [0, 1])
    pool.send([0, 0], [2, 3])
    with pytest.raises(errors.InvalidAction):
        pool.recv()
    assert pool.recv().rows.tolist() == [4, 2]
    pool.send([0, 0], [0, 1])
    assert pool.recv().rows.tolist() == [3, 0]


@pytest.mark.parametrize("rows", [[0, 0], [5, 1], [-1, 0], [0.5, 1], [], [[0], [1]]])
def test_wrong_rows_are_refused(make, rows):
    pool = make(batch=2)
    pool.async_reset()
    with pytest.raises(errors.InvalidArgument, match="rows"):
        pool.send([0, 0], rows)


def test_actions_need_a_row_each_and_a_reset_before(make):
    pool = make(batch=2)
    with pytest.raises(errors.NotReset):
        pool.send([0, 0], [0, 1])
    pool.async_reset()
    with pytest.raises(errors.InvalidAction, match="shape"):
        pool.send([0, 0, 0], [0, 1])


@pytest.mark.parametrize("batch", [0, -1, 6, 1.5, True])
def test_a_batch_has_between_one_row_and_all(make, batch):
    with pytest.raises(errors.InvalidArgument, match="batch_size"):
        make(batch=batch)


def test_use_after_close_is_an_exception(make):
    pool = make(batch=2)
    pool.async_reset()
    pool.close()
    pool.close()
    for call in (pool.async_reset, pool.reset):
        with pytest.raises(errors.CorralError):
            call()
