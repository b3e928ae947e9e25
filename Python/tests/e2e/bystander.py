"""A session that goes on while another one misbehaves."""

import threading
import time

from e2e.machine import PATIENCE


class Bystander:
    """Steps a session of a hostile environment that counts, again and again, and checks every answer."""

    def __init__(self, client, environment="hostile/shared"):
        self._client = client
        self.session = client.create(environment)["id"]
        self.count = 0
        self.slowest = 0.0  # seconds
        self._wrong = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            while not self._over.is_set():
                self.step()
                self._over.wait(0.02)
        except BaseException as error:
            self._wrong = error
        finally:
            self._client.close()

    def step(self):
        begin = time.monotonic()
        answer = self._client.step(self.session, "count")
        self.slowest = max(self.slowest, time.monotonic() - begin)
        self.count += 1
        assert answer.status == 200, answer
        assert (answer.json["observation"], answer.json["index"], answer.json["reward"]) == (self.count, self.count, 1)

    def __enter__(self):
        self.step()
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._over.set()
        self._thread.join()
        try:
            if kind is None:
                assert self._wrong is None, self._wrong
                self.step()
                assert self.slowest < PATIENCE, self.slowest
        finally:
            self._client.delete(self.session)
