"""The environment of bench-containers as a DockerGym worker (protocol 1)."""

from corral.dockergym.worker import BaseWorker


class EchoWorker(BaseWorker):
    def init_env(self, env_id, params):
        return "hello", 0.0, False, {}

    def step_env(self, action):
        return action, 1.0, False, {"length": len(action)}


if __name__ == "__main__":
    EchoWorker().run()
