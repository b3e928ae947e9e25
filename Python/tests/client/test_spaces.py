"""Spaces and their JSON forms; values of every space over JSON and tensors."""

import json
import math
import pickle

import numpy as np
import pytest
from gymnasium import spaces as gym
from gymnasium.utils.env_checker import data_equivalence
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corral import errors, spaces, values

DTYPES = ["float32", "float64", "uint8", "int8", "int32", "int64", "uint16"]


@st.composite
def boxes(draw):
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = tuple(draw(st.lists(st.integers(1, 3), max_size=3)))
    if dtype.kind == "f":
        edges = st.floats(-1e6, 1e6, width=32)
        low = np.array(draw(st.lists(edges, min_size=math.prod(shape), max_size=math.prod(shape))), dtype).reshape(
            shape
        )
        high = low + np.asarray(draw(st.sampled_from([0.5, 3.0, np.inf])), dtype)
        low = np.where(draw(st.booleans()), low, -np.inf).astype(dtype)
    else:
        info = np.iinfo(dtype)
        low = np.full(shape, draw(st.integers(info.min, 0)), dtype)
        high = np.full(shape, draw(st.integers(1, info.max - 1)), dtype)
    return gym.Box(low, high, shape=shape, dtype=dtype.type)


def leaves():
    return st.one_of(
        boxes(),
        st.builds(lambda n, start: gym.Discrete(n, start=start), st.integers(1, 9), st.integers(-5, 5)),
        st.builds(gym.MultiDiscrete, st.lists(st.integers(1, 9), min_size=1, max_size=4)),
        st.just(gym.MultiDiscrete(np.array([[2, 3], [4, 5]]), dtype=np.int32, start=np.array([[1, 0], [0, -2]]))),
        st.builds(gym.MultiBinary, st.integers(1, 5)),
        st.just(gym.MultiBinary([2, 3])),
        st.builds(
            lambda size, chars: gym.Text(size, charset=chars),
            st.integers(1, 9),
            # NumPy, which Gymnasium draws with, cuts NUL from the end of a text.
            st.sets(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=9).map("".join),
        ),
        st.just(spaces.AnyText(0, 40)),
        st.just(spaces.AnyText(1)),
    )


def compound(inner):
    names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=4)
    return st.one_of(
        st.dictionaries(names, inner, min_size=1, max_size=3).map(lambda parts: gym.Dict(list(parts.items()))),
        st.lists(inner, min_size=1, max_size=3).map(gym.Tuple),
        st.lists(inner, min_size=1, max_size=3).map(gym.OneOf),
        inner.map(gym.Sequence),
    )


def all_spaces():
    stacked = boxes().map(lambda space: gym.Sequence(space, stack=True))
    return st.recursive(st.one_of(leaves(), stacked), compound, max_leaves=5)


def same(first, second):
    """Equal values of equal types, floats bit by bit."""
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    return type(first) is type(second) and first == second


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(all_spaces())
def test_a_space_comes_back_from_its_json_form(space):
    form = json.loads(json.dumps(spaces.to_json(space), allow_nan=False))
    assert spaces.from_json(form) == space
    assert spaces.to_json(spaces.from_json(form)) == form


@unhurried
@given(all_spaces(), st.integers(0, 2**31 - 1))
def test_samples_come_back_through_json_and_through_tensors(space, seed):
    space.seed(seed)
    sample = space.sample()
    encoded = values.encoder(space)(sample)
    decode = values.decoder(space)
    assert same(decode(json.loads(values.dumps(encoded))), sample)
    assert same(decode(values.unpack(bytearray(values.pack(encoded)))), sample)
    assert decode(json.loads(values.dumps(encoded))) in space


def test_special_floats_travel_as_text():
    space = gym.Box(-np.inf, np.inf, (2, 2), np.float32)
    array = np.array([[np.nan, np.inf], [-np.inf, 0.5]], np.float32)
    text = values.dumps(values.encoder(space)(array))
    assert json.loads(text) == [["NaN", "Infinity"], ["-Infinity", 0.5]]
    assert same(values.decoder(space)(json.loads(text)), array)


@pytest.mark.parametrize(
    "form, space",
    [
        (
            {"type": "Box", "dtype": "uint8", "shape": [2], "low": 0, "high": "Infinity"},
            gym.Box(0, 255, (2,), np.uint8),
        ),
        ({"type": "Box", "dtype": "float32", "shape": [2]}, gym.Box(-np.inf, np.inf, (2,), np.float32)),
        ({"type": "Box", "dtype": "float32", "shape": [], "low": 0, "high": 1}, gym.Box(0, 1, (), np.float32)),
        ({"type": "Discrete", "n": 3}, gym.Discrete(3)),
        ({"type": "MultiDiscrete", "nvec": [3, 2]}, gym.MultiDiscrete([3, 2])),
        ({"type": "Text"}, spaces.AnyText()),
        ({"type": "Text", "min_length": 2, "max_length": 4, "charset": "ab"}, gym.Text(4, min_length=2, charset="ab")),
    ],
)
def test_what_a_form_leaves_out_has_a_default(form, space):
    assert spaces.from_json(form) == space


@pytest.mark.parametrize(
    "form",
    [
        None,
        [],
        "Box",
        {},
        {"type": 3},
        {"type": "Box"},
        {"type": "Box", "dtype": "complex64", "shape": [1]},
        {"type": "Box", "dtype": "nonsense", "shape": [1]},
        {"type": "Box", "dtype": "float32", "shape": [-1]},
        {"type": "Box", "dtype": "float32", "shape": [2.5]},
        {"type": "Box", "dtype": "float32", "shape": [2], "low": [1, 2, 3]},
        {"type": "Box", "dtype": "float32", "shape": [2], "low": "low"},
        {"type": "Box", "dtype": "uint8", "shape": [2], "low": 0.5},
        {"type": "Box", "dtype": "uint8", "shape": [2], "low": 0, "high": 300},
        {"type": "Discrete", "n": 0},
        {"type": "Discrete", "n": "2"},
        {"type": "MultiDiscrete", "nvec": ["a"]},
        {"type": "MultiBinary", "shape": 3},
        {"type": "Text", "min_length": 5, "max_length": 2},
        {"type": "Dict", "spaces": [1]},
        {"type": "Tuple", "spaces": 1},
        {"type": "Sequence"},
        {"type": "OneOf", "spaces": []},
    ],
)
def test_what_is_no_space_is_refused(form):
    with pytest.raises(errors.InvalidArgument):
        spaces.from_json(form)


def test_graphs_are_not_supported():
    with pytest.raises(errors.Unimplemented):
        spaces.to_json(gym.Graph(gym.Discrete(2), None))
    with pytest.raises(errors.Unimplemented):
        spaces.from_json({"type": "Graph"})


def test_any_text_holds_every_text_of_the_right_length():
    assert "größe\n\U0001f40e" in spaces.AnyText()
    assert "" in spaces.AnyText() and "" not in spaces.AnyText(1) and "abc" not in spaces.AnyText(0, 2)
    assert 3 not in spaces.AnyText()
    assert spaces.AnyText(3, 5).sample() in spaces.AnyText(3, 5)
    assert pickle.loads(pickle.dumps(spaces.AnyText(1))) == spaces.AnyText(1)


def test_stacked_sequences_of_compounds_come_back():
    feature = gym.Dict({"a": gym.Box(0, 1, (2,), np.float32), "b": gym.Tuple([gym.Discrete(3), gym.MultiBinary(2)])})
    space = gym.Sequence(feature, stack=True, seed=4)
    sample = space.sample()
    encoded = json.loads(values.dumps(values.encoder(space)(sample)))
    assert [sorted(item) for item in encoded] == [["a", "b"]] * len(encoded)
    assert data_equivalence(values.decoder(space)(encoded), sample)


@pytest.mark.parametrize(
    "value, text",
    [
        (np.int64(3), "3"),
        (np.array(3), "3"),
        (np.float32(0.5), "0.5"),
        (np.bool_(True), "true"),
        ({"a": np.arange(2)}, '{"a":[0,1]}'),
        ((1, [np.float64("inf")]), '[1,["Infinity"]]'),
        ("ü", '"\\u00fc"'),
    ],
)
def test_numpy_is_written_as_json(value, text):
    assert values.dumps(value).decode() == text


@pytest.mark.parametrize("value", [object(), {1, 2}, {(1, 2): 2}, b"bytes", 1j, np.array([1j])])
def test_what_has_no_json_form_is_an_invalid_argument(value):
    with pytest.raises(errors.InvalidArgument):
        values.dumps(value)


def test_too_deep_a_value_is_an_invalid_argument():
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(errors.InvalidArgument):
        values.dumps(value)


@pytest.mark.parametrize("action", ["left", None, [1], 1.5, {"a": 1}, (9, 9, 9), True])
@pytest.mark.parametrize(
    "space",
    [
        gym.Discrete(2),
        gym.MultiBinary(2),
        gym.Dict({"a": gym.Discrete(2)}),
        gym.Tuple([gym.Discrete(2)]),
        gym.OneOf([gym.Discrete(2)]),
        gym.Sequence(gym.Discrete(2)),
        gym.Sequence(gym.Discrete(2), stack=True),
    ],
)
def test_actions_outside_of_their_space_are_left_to_the_server(space, action):
    values.dumps(values.encoder(space)(action))


@pytest.mark.parametrize(
    "space, observation",
    [
        (gym.Box(0, 1, (2,)), [1, 2, 3]),
        (gym.Box(0, 1, (2,)), None),
        (gym.Box(0, 1, (2,)), [[1], [2, 3]]),
        (gym.Discrete(2), "a"),
        (gym.Dict({"a": gym.Discrete(2)}), {}),
        (gym.Dict({"a": gym.Discrete(2)}), [1]),
        (gym.Tuple([gym.Discrete(2)]), [1, 1]),
        (gym.OneOf([gym.Discrete(2)]), [4, 1]),
        (gym.Sequence(gym.Discrete(2)), 3),
    ],
)
def test_an_observation_of_another_shape_is_the_servers_fault(space, observation):
    with pytest.raises(errors.Internal):
        values.decoder(space)(observation)


def test_tensors_lie_aligned_and_are_writable():
    image, vector = np.arange(30, dtype=np.uint8).reshape(5, 2, 3), np.array([1.5, np.nan], np.float64)
    message = values.pack({"index": 3, "observation": {"image": image, "vector": vector}, "info": [{"t": vector}]})
    length = int.from_bytes(message[:4], "little")
    header = json.loads(message[4 : 4 + length])
    start = (4 + length + 63) // 64 * 64
    for form in (header["observation"]["image"], header["observation"]["vector"], header["info"][0]["t"]):
        assert form["tensor"]["offset"] % 64 == 0
    form = header["observation"]["image"]["tensor"]
    assert form == {"dtype": "uint8", "shape": [5, 2, 3], "offset": 0, "nbytes": 30}
    assert message[start : start + 30] == image.tobytes()
    read = values.loads(bytearray(message), "application/vnd.corral.tensors")
    assert same(read["observation"], {"image": image, "vector": vector}) and read["index"] == 3
    read["observation"]["image"][0, 0, 0] = 255


@pytest.mark.parametrize(
    "tensor",
    [
        {"dtype": "uint8", "shape": [9], "offset": 0, "nbytes": 9},
        {"dtype": "uint8", "shape": [4], "offset": -1, "nbytes": 4},
        {"dtype": "uint8", "shape": [-4], "offset": 0, "nbytes": -4},
        {"dtype": "uint8", "shape": [4], "offset": 8, "nbytes": 4},
        {"dtype": "float32", "shape": [4], "offset": 0, "nbytes": 4},
        {"dtype": "object", "shape": [1], "offset": 0, "nbytes": 8},
        {"dtype": "uint8", "shape": [2**40, 2**40], "offset": 0, "nbytes": 8},
        {"shape": [1]},
    ],
)
def test_a_tensor_that_contradicts_its_message_is_refused(tensor):
    header = json.dumps({"x": {"tensor": tensor}}).encode()
    message = len(header).to_bytes(4, "little") + header
    message += b"\0" * (-len(message) % 64 + 8)
    with pytest.raises(errors.Internal):
        values.loads(message, values.TENSORS)


@given(st.binary(max_size=80))
def test_bytes_that_are_no_tensor_message_are_refused(data):
    try:
        values.unpack(data)
    except ValueError:
        pass


def test_only_large_observations_are_asked_for_as_tensors():
    assert values.is_large(gym.Dict({"image": gym.Box(0, 255, (64, 64, 3), np.uint8)}))
    assert not values.is_large(gym.Tuple([gym.Box(0, 1, (4,)), gym.Discrete(3)]))
