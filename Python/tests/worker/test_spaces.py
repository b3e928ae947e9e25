"""Spaces in their JSON forms, and actions on their way back."""

import json

import pytest

from corral.worker import InvalidAction, Unsupported
from corral.worker.encoding import Encoder
from corral.worker.spaces import decoder, form, plain

np = pytest.importorskip("numpy")
spaces = pytest.importorskip("gymnasium.spaces")

FORMS = [
    (spaces.Discrete(3, start=-1), {"type": "Discrete", "n": 3, "start": -1}),
    (spaces.Box(0, 1, (2, 3), np.float64),
     {"type": "Box", "dtype": "float64", "shape": [2, 3], "low": 0.0, "high": 1.0}),
    (spaces.Box(np.array([0, -np.inf]), np.array([np.inf, 2]), dtype=np.float32),
     {"type": "Box", "dtype": "float32", "shape": [2], "low": [0.0, "-Infinity"], "high": ["Infinity", 2.0]}),
    (spaces.Box(-np.inf, np.inf, (1,)),
     {"type": "Box", "dtype": "float32", "shape": [1], "low": "-Infinity", "high": "Infinity"}),
    (spaces.Box(0, 255, (), np.uint8), {"type": "Box", "dtype": "uint8", "shape": [], "low": 0, "high": 255}),
    (spaces.MultiDiscrete([3, 2]), {"type": "MultiDiscrete", "nvec": [3, 2], "start": [0, 0], "dtype": "int64"}),
    (spaces.MultiBinary(4), {"type": "MultiBinary", "shape": [4]}),
    (spaces.MultiBinary((2, 2)), {"type": "MultiBinary", "shape": [2, 2]}),
    (spaces.Text(5, min_length=1, charset="ba"), {"type": "Text", "min_length": 1, "max_length": 5, "charset": "ab"}),
    (spaces.Dict({"a": spaces.Discrete(2)}),
     {"type": "Dict", "spaces": {"a": {"type": "Discrete", "n": 2, "start": 0}}}),
    (spaces.Tuple([spaces.Discrete(2)]), {"type": "Tuple", "spaces": [{"type": "Discrete", "n": 2, "start": 0}]}),
    (spaces.Sequence(spaces.Discrete(2)),
     {"type": "Sequence", "space": {"type": "Discrete", "n": 2, "start": 0}, "stack": False}),
    (spaces.OneOf([spaces.Discrete(2)]), {"type": "OneOf", "spaces": [{"type": "Discrete", "n": 2, "start": 0}]}),
]  # fmt: skip


def on_the_wire(value):
    return json.loads(b"".join(Encoder()(value)))


@pytest.mark.parametrize(("space", "expected"), FORMS, ids=lambda value: type(value).__name__)
def test_a_space_has_its_form(space, expected):
    assert on_the_wire(form(space)) == expected


@pytest.mark.parametrize("space", [space for space, _ in FORMS], ids=lambda value: type(value).__name__)
def test_a_sample_survives_the_way_there_and_back(space):
    space.seed(1)
    decode = decoder(space)
    for _ in range(5):
        sample = space.sample()
        back = decode(on_the_wire(plain(sample)))
        assert space.contains(np.int64(back) if isinstance(space, spaces.Discrete) else back), back
        assert on_the_wire(plain(back)) == on_the_wire(plain(sample))


@pytest.mark.parametrize(
    ("space", "action"),
    [
        (spaces.Box(0, 1, (2,)), [1]), (spaces.Box(0, 1, (2,)), [[1, 2]]), (spaces.Box(0, 1, (2,)), [1, [2]]),
        (spaces.Box(0, 1, (2,)), ["x", 1]), (spaces.Box(0, 1, (2,)), None), (spaces.Box(0, 1, (2,)), {"a": 1}),
        (spaces.MultiDiscrete([3, 2]), [0.5, 1]), (spaces.MultiDiscrete([3, 2]), [0]),
        (spaces.MultiDiscrete([3, 2]), [10**30, 0]), (spaces.Dict({"a": spaces.Discrete(2)}), {"b": 1}),
        (spaces.Dict({"a": spaces.Discrete(2)}), [1]), (spaces.Tuple([spaces.Discrete(2)]), [1, 1]),
        (spaces.OneOf([spaces.Discrete(2)]), [1, 0]), (spaces.OneOf([spaces.Discrete(2)]), [-1, 0]),
        (spaces.Sequence(spaces.Discrete(2)), 1), (spaces.Text(3), 5),
    ],
)  # fmt: skip
def test_what_is_not_of_the_space_is_an_invalid_action(space, action):
    with pytest.raises(InvalidAction):
        decoder(space)(action)


def test_numbers_that_are_not_finite_come_back_as_numbers():
    value = decoder(spaces.Box(-np.inf, np.inf, (3,)))(["Infinity", "-Infinity", 1.5])
    assert value.tolist() == [np.inf, -np.inf, 1.5]


def test_a_space_without_a_form_is_unsupported():
    with pytest.raises(Unsupported):
        form(spaces.Graph(spaces.Discrete(2), None))
