import os
import threading
import time

from corral.worker import Worker


class Moody(Worker):
    def init(self, instance, params, seed):
        if params["mood"] == "bad":
            raise RuntimeError("not today")

    def spaces(self):
        return {"type": "Text", "min_length": 0, "max_length": 100}, {"type": "Text", "min_length": 1, "max_length": 20}

    def reset(self, seed, options):
        return "hello", {}

    def step(self, action):
        word, _, number = action.partition(" ")
        if word == "raise":
            raise ValueError("I would rather not")
        if word == "sleep":
            time.sleep(float(number))
        if word == "exit":
            os._exit(3)
        if word == "fill":
            self.kept = [bytearray(b"x" * (1 << 20)) for _ in range(1024)]
        if word == "fork":
            try:
                for _ in range(16):
                    threading.Thread(target=time.sleep, args=(60,)).start()
            except RuntimeError:
                os._exit(4)
        if word == "lie":
            return "x" * 1000, 0.0, False, False, {}
        if word == "line":
            os.write(1, b"")
            return "", 0.0, False, False, {"long": "x" * (17 << 20)}
        return "you said " + word, 1.0, word == "end", False, {}
