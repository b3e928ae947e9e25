"""`NativeVectorEnv` keeps to Gymnasium's vector interface, mode by mode, and refuses what cannot be."""

import multiprocessing
import threading

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

import corral
from corral import errors

FALL = 1
"""Pushing always right ends an episode of CartPole within 20 steps."""


@pytest.fixture
def make():
    made = []

    def run(count=5, id="CartPole-v1", **more):
        made.append(corral.make_vec(id, count, **more))
        return made[-1]

    yield run
    for envs in made:
        envs.close()


def fall(envs, *, row=None):
    """Steps until an episode ends; returns what that step gave. Only `row` falls, where one is named."""
    for number in range(500):
        actions = np.full(envs.num_envs, number % 2)
        actions[slice(None) if row is None else row] = FALL
        result = envs.step(actions)
        if (result[2] | result[3]).any():
            return result
    raise AssertionError("nothing fell")


def test_arrays_have_the_shapes_and_types_of_the_spaces(make):
    envs = make()
    observations, infos = envs.reset(seed=3)
    assert infos == {} and envs.observation_space.contains(observations)
    observations, rewards, terminated, truncated, infos = envs.step(envs.action_space.sample())
    assert envs.observation_space.contains(observations) and infos == {}
    assert rewards.shape == terminated.shape == truncated.shape == (5,)
    assert rewards.dtype == np.float32 and terminated.dtype == truncated.dtype == np.bool_
    assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP


def test_a_seed_gives_row_i_the_seed_plus_i(make):
    whole, one = make(), make(1)
    first = whole.reset(seed=10)[0].copy()
    for row in range(5):
        np.testing.assert_array_equal(one.reset(seed=10 + row)[0][0], first[row])
    np.testing.assert_array_equal(whole.reset(seed=[10, 11, 12, 13, 14])[0], first)
    second = whole.reset(seed=[None, None, 12, None, None])[0]
    np.testing.assert_array_equal(second[2], first[2])
    assert not np.array_equal(second[0], first[0])


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "x", True, [1, 2], [0, 1, 2, 3, -4]])
def test_a_wrong_seed_is_refused(make, seed):
    with pytest.raises((errors.InvalidArgument, Exception)) as caught:
        make().reset(seed=seed)
    assert "seed" in str(caught.value).lower()


@pytest.mark.parametrize("count, threads", [(1, 1), (7, 1), (64, 2), (4096, 2)])
def test_a_row_goes_the_same_way_for_any_number_of_rows_and_threads(make, count, threads):
    alone, many = make(1), make(count, num_threads=threads)
    row = count - 1
    np.testing.assert_array_equal(alone.reset(seed=row)[0][0], many.reset(seed=0)[0][row])
    actions = np.random.default_rng(1).integers(0, 2, (200, count))
    for step in range(200):
        one, all = alone.step(actions[step, [row]]), many.step(actions[step])
        for mine, theirs in zip(one[:4], all[:4]):
            np.testing.assert_array_equal(mine[0], theirs[row])


def test_the_next_step_begins_the_next_episode(make):
    envs = make()
    envs.reset(seed=1)
    last = fall(envs, row=2)
    assert last[2].tolist() == [False, False, True, False, False] and abs(last[0][2, 2]) > 0.2
    observations, rewards, terminated, truncated, infos = envs.step(np.zeros(5, np.int64))
    assert rewards.tolist() == [1, 1, 0, 1, 1] and not terminated.any() and not truncated.any()
    assert np.abs(observations[2]).max() <= 0.05 and infos == {}


def test_the_same_step_begins_the_next_episode_and_keeps_the_last_observation(make):
    envs, other = make(autoreset_mode="SameStep"), make()
    for each in (envs, other):
        each.reset(seed=1)
    observations, rewards, terminated, truncated, infos = fall(envs, row=2)
    expected = fall(other, row=2)
    np.testing.assert_array_equal(terminated, expected[2])
    np.testing.assert_array_equal(infos["_final_obs"], terminated)
    np.testing.assert_array_equal(infos["final_obs"][2], expected[0][2])
    np.testing.assert_array_equal(infos["_final_info"], terminated)
    assert rewards[2] == 1 and np.abs(observations[2]).max() <= 0.05
    np.testing.assert_array_equal(observations[2], other.step(np.zeros(5, np.int64))[0][2])


def test_without_autoreset_ended_rows_wait_for_a_masked_reset(make):
    envs = make(autoreset_mode="Disabled")
    envs.reset(seed=1)
    ended = fall(envs, row=2)[2]
    before = envs.observe()
    with pytest.raises(errors.EpisodeOver):
        envs.step(np.zeros(5, np.int64))
    observations, _ = envs.reset(options={"reset_mask": ended})
    np.testing.assert_array_equal(observations[~ended], before[~ended])
    assert np.abs(observations[2]).max() <= 0.05
    envs.step(np.zeros(5, np.int64))


@pytest.mark.parametrize("mask", [np.zeros(5, bool), np.ones(4, bool), np.ones(5), [True] * 5, None])
def test_a_wrong_mask_is_refused(make, mask):
    with pytest.raises(errors.InvalidArgument, match="reset_mask"):
        make().reset(options={"reset_mask": mask})


def test_an_episode_is_cut_by_its_time_limit(make):
    envs = make(2, autoreset_mode="SameStep", overrides={"max_episode_seconds": 0.1})
    envs.reset(seed=0)
    flags = [envs.step(np.array([0, 1]))[2:4] for _ in range(5)]
    assert [cut.tolist() for _, cut in flags] == [[False, False]] * 4 + [[True, True]]
    assert not flags[-1][0].any()


def test_arrays_that_somebody_holds_are_not_written_again(make):
    envs = make()
    held = [envs.reset(seed=2)[0]]
    copies = [held[0].copy()]
    views, view_copies = [], []
    for step in range(50):
        result = envs.step(np.full(5, step % 2))
        if step % 3 == 0:
            views.append((result[0][1:3], result[1][:2], result[2][1:]))
            view_copies.append([one.copy() for one in views[-1]])
        else:
            held.append(result[0])
            copies.append(result[0].copy())
        del result
    for mine, copy in zip(held, copies):
        np.testing.assert_array_equal(mine, copy)
    for mine, copy in zip(views, view_copies):
        for one, other in zip(mine, copy):
            np.testing.assert_array_equal(one, other)


def test_arrays_that_nobody_holds_are_written_again(make):
    envs = make()
    envs.reset(seed=2)
    places = {envs.step(np.zeros(5, np.int64))[0].__array_interface__["data"][0] for _ in range(20)}
    assert len(places) == 1


def test_arrays_are_written_by_every_step_when_they_are_not_to_be_kept(make):
    envs = make(copy=False)
    first, _ = envs.reset(seed=2)
    before = first.copy()
    second = envs.step(np.zeros(5, np.int64))[0]
    assert second is first and not np.array_equal(first, before)


def test_actions_may_be_anything_that_is_an_array_of_the_right_shape(make):
    envs, results = make(), []
    given = np.array([0, 1, 1, 0, 1])
    strided = np.zeros((5, 2), np.int64)
    strided[:, 0] = given
    for actions in (given, given.tolist(), given.astype(np.int8), given.astype(np.uint32), strided[:, 0], tuple(given)):
        envs.reset(seed=4)
        results.append(envs.step(actions)[0].copy())
    for other in results[1:]:
        np.testing.assert_array_equal(results[0], other)


def test_an_array_that_is_written_for_every_step_is_read_anew(make):
    for count in (5, 4096):
        envs, other = make(count), make(count)
        for each in (envs, other):
            each.reset(seed=4)
        actions = np.zeros(count, np.int64)
        for step in range(6):
            actions[:] = step % 2
            np.testing.assert_array_equal(envs.step(actions)[0], other.step(actions.copy())[0])


@pytest.mark.parametrize(
    "actions",
    [
        [0, 1], [[0] * 5], 0, None, "left", [0.0] * 5, np.zeros(5, bool), [[0], [1, 2]], [0, 1, 2, 0, 0],
        [0, -1, 0, 0, 0], np.full(5, 2**63, np.uint64), [None] * 5, np.zeros((5, 1), np.int64),
    ],
)  # fmt: skip
def test_a_wrong_action_is_refused_and_no_row_moves(make, actions):
    envs = make()
    before = envs.reset(seed=4)[0].copy()
    with pytest.raises(errors.InvalidAction):
        envs.step(actions)
    np.testing.assert_array_equal(envs.observe(), before)


@pytest.mark.parametrize("count", [0, -1, 1.5, "2", None, True, 2**62, 2**70])
def test_a_wrong_number_of_rows_is_refused(count):
    with pytest.raises((errors.InvalidArgument, errors.ResourceExhausted)):
        corral.make_vec("CartPole-v1", count)


@pytest.mark.parametrize(
    "settings",
    [
        {"precision": "float16"}, {"simulator": "none"}, {"num_threads": 0}, {"num_threads": "2"}, {"max_seconds": 3},
        {"overrides": {"sim_dt": "x"}}, {"overrides": {"max_episode_seconds": -1}}, {"overrides": {"sim_dt": object()}},
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused(settings):
    with pytest.raises(errors.CorralError) as caught:
        corral.make_vec("CartPole-v1", 2, **settings)
    assert caught.value.code in ("invalid_argument", "not_found")


def test_an_autoreset_mode_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="Never"):
        corral.make_vec("CartPole-v1", 2, autoreset_mode="Never")


def test_a_step_before_the_first_reset_is_refused(make):
    with pytest.raises(errors.NotReset):
        make().step(np.zeros(5, np.int64))


def test_use_after_close_is_an_exception(make):
    envs = make()
    envs.reset(seed=1)
    envs.close()
    envs.close()
    calls = [
        lambda: envs.step(np.zeros(5, np.int64)), envs.reset, envs.snapshot, envs.observe, lambda: envs.fork(0, [1]),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(errors.SessionClosed, match="was closed"):
            call()


def test_records_bring_rows_back(make):
    envs = make()
    envs.reset(seed=6)
    for step in range(7):
        envs.step(np.full(5, step % 2))
    snapshot = envs.snapshot()

    def go_on():
        return [[one.copy() for one in envs.step(np.full(5, FALL))[:4]] for _ in range(40)]

    first = go_on()
    envs.restore(snapshot)
    for mine, theirs in zip(first, go_on()):
        for one, other in zip(mine, theirs):
            np.testing.assert_array_equal(one, other)
    envs.set_state(snapshot[[3]], [0])
    np.testing.assert_array_equal(envs.get_state([0]), snapshot[[3]])


def test_records_of_some_rows_are_chosen_by_number_or_mask(make):
    envs = make()
    envs.reset(seed=6)
    whole = envs.get_state()
    np.testing.assert_array_equal(envs.get_state([4, 0]), whole[[4, 0]])
    mask = np.array([False, True, False, True, False])
    np.testing.assert_array_equal(envs.get_state(mask), whole[mask])
    for rows in ([5], [-1], [0.5], [[0]], 3):
        with pytest.raises(errors.CorralError):
            envs.get_state(rows)
    for records in (whole[:3], whole[:, :-1], whole.astype(np.int64), b"x"):
        with pytest.raises(errors.InvalidArgument):
            envs.set_state(records)


def test_a_forked_row_goes_the_way_of_its_origin_or_of_its_own_seed(make):
    envs = make()
    envs.reset(seed=6)
    envs.step(np.full(5, FALL))
    envs.fork(1, [0, 4])
    observed = envs.observe()
    np.testing.assert_array_equal(observed[0], observed[1])
    np.testing.assert_array_equal(observed[4], observed[1])
    records = envs.get_state()
    np.testing.assert_array_equal(records[0], records[1])
    envs.fork(1, [2, 3], seeds=[7, 8])
    for _ in range(60):
        observations = envs.step(np.full(5, FALL))[0]
        np.testing.assert_array_equal(observations[0], observations[1])
    assert not np.array_equal(observations[2], observations[1])
    for arguments in [(9, [0]), (0, [9]), (0, [])]:
        with pytest.raises(errors.CorralError):
            envs.fork(*arguments)
    with pytest.raises(errors.InvalidArgument, match="seeds"):
        envs.fork(0, [1, 2], seeds=[1])


def test_two_threads_that_step_one_vector_never_break_it(make):
    envs = make(4096)
    envs.reset(seed=0)
    problems = []

    def run():
        for _ in range(200):
            try:
                envs.step(np.zeros(4096, np.int64))
            except errors.Busy:
                pass
            except BaseException as error:  # noqa: BLE001 - told to the test
                problems.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems


def _step_in_child(envs, answers):
    try:
        envs.step(np.zeros(256, np.int64))
        answers.put("stepped")
    except errors.SessionClosed:
        answers.put("closed")


def test_a_forked_process_does_not_wait_for_threads_that_it_does_not_have(make):
    envs = make(256, num_threads=2)
    envs.reset(seed=0)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_step_in_child, args=(envs, answers))
    child.start()
    assert answers.get(timeout=30) == "closed"
    child.join(30)
    envs.step(np.zeros(256, np.int64))
