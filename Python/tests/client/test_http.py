"""Addresses, requests, and responses in any pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corral import errors
from corral._http import Lost, endpoint, head_of, read_response, request


def read(data, cuts=()):
    """Feeds the bytes, cut at the given places, then the end of file."""
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in zip(edges, edges[1:]) if b > a]
    reading = read_response()
    want = next(reading)
    try:
        while True:
            piece = pieces.pop(0) if pieces else b""
            if want is None:
                want = reading.send(piece)
                continue
            count = min(len(want), len(piece))
            want[:count] = piece[:count]
            if piece[count:]:
                pieces.insert(0, piece[count:])
            want = reading.send(count)
    except StopIteration as stop:
        return stop.value


BODY = b'{"a":1}' + b" " * 300
RESPONSES = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 307\r\nX-Thing:  b \r\n\r\n" + BODY,
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7;x=y\r\n"
    + BODY[:7]
    + b"\r\n12C\r\n"
    + BODY[7:]
    + b"\r\n0\r\nTrailer: x\r\n\r\n",
    "until the end": b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
    "continued": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 307\r\n\r\n" + BODY,
}


@pytest.mark.parametrize("data", RESPONSES.values(), ids=RESPONSES.keys())
@given(st.data())
def test_a_response_is_read_in_any_pieces(data, draw):
    cuts = draw.draw(st.lists(st.integers(0, len(data)), max_size=8))
    response = read(data, cuts)
    assert (response.status, bytes(response.body)) == (200, BODY)


@pytest.mark.parametrize("data", RESPONSES.values(), ids=RESPONSES.keys())
def test_a_response_is_read_byte_by_byte(data):
    assert bytes(read(data, range(len(data))).body) == BODY


def test_headers_are_lower_case_and_trimmed():
    assert read(RESPONSES["length"]).headers["x-thing"] == "b"


@pytest.mark.parametrize(
    "data, keep",
    [
        (RESPONSES["length"], True),
        (RESPONSES["chunked"], True),
        (RESPONSES["until the end"], False),
        (RESPONSES["length"] + b"more", False),
        (b"HTTP/1.1 204 No\r\n\r\n", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n", False),
    ],
)
def test_a_connection_is_kept_only_when_nothing_is_left_on_it(data, keep):
    assert read(data).keep is keep


@pytest.mark.parametrize("count", range(0, 360, 7))
def test_a_response_that_is_cut_off_is_a_lost_connection(count):
    with pytest.raises(Lost) as lost:
        read(RESPONSES["length"][:count])
    assert lost.value.fresh is (count == 0)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000,
        b"\0" * 70_000,
    ],
)
def test_what_is_no_http_is_a_lost_connection(data):
    with pytest.raises(Lost):
        read(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_response_or_a_lost_connection(data):
    try:
        read(data)
    except Lost:
        pass


@pytest.mark.parametrize(
    "url, authority, path, prefix",
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", None, ""),
        ("http://example.org", "example.org", None, ""),
        ("https://example.org/corral/", "example.org", None, "/corral"),
        ("http://[::1]:80/", "[::1]", None, ""),
        ("unix:///run/corral.sock", "localhost", "/run/corral.sock", ""),
        ("unix:/run/corral.sock", "localhost", "/run/corral.sock", ""),
        ("unix://relative.sock", "localhost", "relative.sock", ""),
    ],
)
def test_addresses_are_read(url, authority, path, prefix):
    target = endpoint(url)
    assert (target.authority, target.path, target.prefix) == (authority, path, prefix)


@pytest.mark.parametrize(
    "url",
    ["", "localhost:8080", "ftp://x", "http://", "http://x:port", "http://x:99999", "http://u:p@x", "http://x/?a=b",
     "unix:", "http://x/\r\nHost: y", "http://[::1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url):
    with pytest.raises(errors.InvalidArgument):
        endpoint(url)


@pytest.mark.parametrize("name, value", [("A", "b\r\nC: d"), ("A b", "c"), ("", "c"), ("A", "b\0")])
def test_headers_cannot_break_out_of_their_line(name, value):
    with pytest.raises(errors.InvalidArgument):
        head_of(endpoint("http://x"), {name: value})


def test_a_request_has_its_length():
    head = head_of(endpoint("http://x:1"), {"A": "b"})
    assert request(head, "POST", "/v1/x", {"C": "d"}, b"{}") == (
        b"POST /v1/x HTTP/1.1\r\nHost: x:1\r\nA: b\r\nC: d\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert request(head, "GET", "/", {}, None) == b"GET / HTTP/1.1\r\nHost: x:1\r\nA: b\r\n\r\n"
