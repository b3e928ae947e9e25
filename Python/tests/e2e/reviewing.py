"""Callers with roles, policies, and the webhook of one, for tests of reviews."""

import hashlib
import http.server
import json
import threading
import time
from contextlib import contextmanager

UNCHECKED = ["--no-check-published"]

ROLES = {
    "root": ["admin"],
    "ann": ["publisher", "runner", "reviewer"],
    "rob": ["reviewer"],
    "zoe": ["reviewer"],
    "run": ["runner"],
}


def key(name):
    return "key-of-%s" % name


def write_keys(folder, more=()):
    """A file of callers: ann publishes and has every role but admin, rob and zoe review, run starts sessions."""
    roles = {**ROLES, **dict(more)}
    lines = [
        "  - {id: %s, tenant: t, roles: %s, sha256: %s}"
        % (name, json.dumps(each), hashlib.sha256(key(name).encode()).hexdigest())
        for name, each in roles.items()
    ]
    path = folder / "keys.yaml"
    path.write_text("keys:\n" + "\n".join(lines) + "\n")
    return path


def write_policy(folder, *rules, **more):
    """JSON is YAML."""
    path = folder / "policy.yaml"
    path.write_text(json.dumps({"policy": 1, "rules": list(rules), **more}))
    return path


def require(**demands):
    return {"namespace": "*", "source": "catalog", "require": demands}


FOLDER = {"namespace": "*", "source": "folder", "allow": True}


class As:
    """The client of a server, with a caller's key."""

    def __init__(self, server, name, client=None):
        self._client = client or server.client
        self._headers = {"Authorization": "Bearer " + key(name)}

    def call(self, method, path, body=None, headers=None):
        return self._client.call(method, path, body, {**self._headers, **(headers or {})})

    def post(self, path, body=None):
        return self.call("POST", path, body)

    def get(self, path):
        return self.call("GET", path)

    def start(self, reference):
        return self.post("/v1/sessions", {"environment": reference})

    def review(self, reference, step=None, **body):
        path = "/v1/environments/%s/" % reference.replace("/", "%2F").replace("@", "%40")
        if step is None:
            return self.get(path + "review")
        return self.post(path + step, body)


class Webhook:
    """Answers what `answer` is: bytes, or a function that gets the question and returns an object."""

    def __init__(self):
        self.answer = lambda question: {"allow": True}
        self.status = 200
        self.delay = 0.0
        self.questions = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.questions.append((self.path, question))
                time.sleep(outer.delay)
                answer = (
                    outer.answer if isinstance(outer.answer, bytes) else json.dumps(outer.answer(question)).encode()
                )
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/corral" % self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def webhook():
    hook = Webhook()
    try:
        yield hook
    finally:
        hook.close()
