"""Arrays travel as lists, or as raw bytes where the server reads them."""

import pytest

np = pytest.importorskip("numpy")


@pytest.fixture
def start(single):
    def begin(buffers):
        worker = single("toys:Arrays")
        worker.ok("hello", protocol=2, buffers=buffers)
        worker.ok("init", instance=None, params={}, seed=None)
        worker.ok("reset", seed=None, options={})
        return worker

    return begin


def read(worker, reply):
    """Puts the buffers of a reply where it names them."""
    found = {}
    for buffer in reply["buffers"]:
        count = int(np.prod(buffer["shape"])) * np.dtype(buffer["dtype"]).itemsize
        data = np.frombuffer(worker.exactly(count), np.dtype(buffer["dtype"]).newbyteorder("<"))
        found[buffer["name"]] = data.reshape(buffer["shape"])
    return found


def test_small_arrays_and_scalars_are_plain_json(start):
    reply = start(True).ok("step", action="small")
    assert reply["observation"] == [0.0, 1.0, 2.0, 3.0]
    assert (reply["reward"], reply["terminated"], reply["truncated"]) == (2.0, False, False)
    assert reply["info"] == {"i": 4, "b": True, "f": 0.5, "7": [0, 1]}
    assert "buffers" not in reply


def test_big_arrays_are_buffers_where_hello_allowed_them(start):
    worker = start(True)
    for _ in range(2):
        reply = worker.ok("step", action="big")
        assert reply["observation"] == {"frame": None, "a/b~c": [None]}
        assert reply["info"] == {"again": None, "nan": "NaN"}
        assert reply["buffers"][0] == {"name": "/observation/frame", "dtype": "uint8", "shape": [100, 80, 3]}
        found = read(worker, reply)
        frame = np.arange(24000, dtype=np.uint8).reshape(100, 80, 3)
        assert list(found) == ["/observation/frame", "/observation/a~1b~0c/0", "/info/again"]
        assert (found["/observation/frame"] == frame).all()
        assert (found["/info/again"] == frame).all()
        assert (found["/observation/a~1b~0c/0"] == np.arange(400.0).reshape(20, 20).T).all()


def test_big_arrays_are_lists_where_hello_did_not(start):
    reply = start(False).ok("step", action="big")
    assert reply["observation"]["frame"] == np.arange(24000, dtype=np.uint8).reshape(100, 80, 3).tolist()
    assert reply["observation"]["a/b~c"][0][0][1] == 20.0
    assert "buffers" not in reply


def test_arrays_spell_numbers_that_are_not_finite(start):
    assert start(True).ok("step", action="nan")["observation"] == ["NaN", 1.0]
