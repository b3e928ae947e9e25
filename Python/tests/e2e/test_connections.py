"""Connections: who may call, TLS, chunked and pipelined requests, slow and rude clients."""

import socket
import ssl
import subprocess

import pytest

from e2e.http import Client
from e2e.marks import needs
from e2e.server import Server


class TestWhoMayCall:
    """A page in a browser must not reach a server on loopback, whatever its name resolves to."""

    @pytest.mark.parametrize(
        "host", ["example.org", "127.0.0.1.example.org", "169.254.169.254", "", "[::2]", "localhost.evil"]
    )
    def test_a_host_that_is_not_loopback_is_refused(self, api, host):
        answer = api.get("/v1/health", Host=host)
        assert (answer.status, answer.code) == (403, "permission_denied"), answer

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1:7878", "[::1]:80"])
    def test_names_of_loopback_are_served(self, api, host):
        assert api.get("/v1/health", Host=host).status == 200

    @pytest.mark.parametrize("origin", ["https://example.org", "null", "http://127.0.0.1.example.org", "file://", "x"])
    def test_pages_from_elsewhere_are_refused(self, api, origin):
        assert api.post("/v1/sessions", {"environment": "CartPole-v1"}, Origin=origin).code == "permission_denied"

    def test_a_page_of_this_machine_may_call(self, api):
        assert api.get("/v1/health", Origin="http://localhost:3000").status == 200

    def test_listening_beyond_loopback_without_keys_is_refused(self, serve):
        server = serve("--host", "0.0.0.0", wait=False)
        assert server.wait(20) == 4
        assert "--insecure" in server.log()

    def test_with_insecure_it_listens(self, serve):
        server = serve("--host", "0.0.0.0", "--insecure")
        client = Client("127.0.0.1:" + server.client.address.rpartition(":")[2])
        assert client.get("/v1/health", Host="example.org").status == 200
        client.close()


@needs("openssl")
def test_a_server_with_a_certificate_speaks_https_only(serve, tmp_path):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([*command.split(), *more], check=True, capture_output=True)
    trusted = ssl.create_default_context(cafile=certificate)
    server = serve("--tls-certificate", certificate, "--tls-key", key, tls=trusted)
    session = server.client.create("CartPole-v1")
    assert session["address"].startswith("https://")
    assert server.client.step(session["id"], 0).status == 200
    with pytest.raises(ssl.SSLError):
        Client(server.client.address, tls=ssl.create_default_context()).get("/v1/health")
    with socket.create_connection(server.client.address.split(":"), 10) as plain:
        plain.sendall(b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" not in plain.recv(1000)
    server.client.close()


def test_a_certificate_that_is_none_is_refused_at_the_start(serve, tmp_path):
    path = tmp_path / "none.pem"
    path.write_text("none")
    server = serve("--tls-certificate", str(path), "--tls-key", str(path), wait=False)
    assert server.wait(20) == 2, server.log()


class TestRawRequests:
    @pytest.fixture
    def raw(self, server):
        host, _, port = server.client.address.rpartition(":")
        with socket.create_connection((host, int(port)), 10) as connection:
            yield connection

    def test_a_chunked_body_is_read(self, api):
        body = iter([b'{"environment":', b'"CartPole-v1",', b'"seed":1}'])
        connection = api.connect()
        connection.request("POST", "/v1/sessions", body, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
        assert connection.getresponse().status == 201
        connection.close()

    def test_pipelined_requests_are_answered_in_order(self, raw):
        request = b"GET /v1/%s HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: %d\r\n\r\n"
        names = [b"health", b"nothing", b"capabilities", b"health"]
        raw.sendall(b"".join(request % (name, number) for number, name in enumerate(names)))
        text = b""
        while text.count(b"X-Request-Id: ") < 4:
            text += raw.recv(65536)
        places = [text.index(b"X-Request-Id: %d" % number) for number in range(4)]
        assert places == sorted(places)

    @pytest.mark.parametrize(
        "head",
        [b"nonsense\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
         b"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
         b"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
         b"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
         b"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
         b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
         b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
         b"GET /v1/sessions/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n"],
        ids=lambda head: repr(head[:40]),
    )  # fmt: skip
    def test_requests_that_are_none_are_refused_and_the_server_goes_on(self, raw, api, head):
        try:
            raw.sendall(head)
            raw.shutdown(socket.SHUT_WR)
            status = raw.recv(65536).split(b" ")[1:2]
        except OSError:
            status = []
        assert not status or status[0][:1] == b"4" or status[0] == b"505", status
        assert api.get("/v1/health").status == 200

    def test_a_client_that_sends_nothing_is_cut_and_hinders_nobody(self, serve):
        server = serve("--client-timeout", "1s")
        host, _, port = server.client.address.rpartition(":")
        silent = [socket.create_connection((host, int(port)), 10) for _ in range(50)]
        for connection in silent:
            connection.sendall(b"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert server.client.create("CartPole-v1")["state"] == "running"
        for connection in silent:
            while connection.recv(65536):
                pass
            connection.close()


def test_a_unix_socket_serves_the_same_calls(tmp_path):
    with Server(listen=("--unix-socket", str(tmp_path / "socket"))) as server:
        session = server.client.create("CartPole-v1")
        assert server.client.step(session["id"], 1).json["reward"] == 1
        assert server.client.get("/v1/health", Host="anything").status == 200
        server.client.close()
