from corral.worker import BaseWorker


class Old(BaseWorker):
    def init_env(self, env_id, params):
        return "ready", 0.0, False, {}

    def step_env(self, action):
        return "you said " + action, 1.0, action == "end", {}


Old().run()
