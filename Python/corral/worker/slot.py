"""One environment of a session's process, and which command may come next for it."""

import base64
import pickle

from . import errors, fields
from .worker import global_states, seed_globals, set_global_states


class Slot:
    """Holds one worker and keeps its commands in order."""

    def __init__(self, worker):
        self.worker = worker
        self.obstacle = errors.NotInitialized("init comes first")  # why no step is possible now
        self._initialized = False

    def init(self, request):
        worker = self.worker
        instance = fields.field(request, "instance", (str, type(None)), None)
        params = fields.field(request, "params", dict, {})
        seed = fields.seed_field(request)
        seed_globals(seed)
        self._initialized = False
        self.obstacle = errors.NotInitialized("init comes first")
        worker.init(instance, params, seed)
        observation_space, action_space = worker.spaces()
        self._initialized = True
        self.obstacle = errors.NotReset("reset comes first")
        return {
            "status": "ok",
            "observation_space": observation_space,
            "action_space": action_space,
            "render_modes": list(worker.render_modes),
        }

    def reset(self, request):
        if not self._initialized:
            raise self.obstacle
        seed = fields.seed_field(request)
        options = fields.field(request, "options", dict, {})
        if seed is not None:
            seed_globals(seed)
        self.obstacle = errors.NotReset("the last reset failed")
        observation, info = self.worker.reset(seed, options)
        self.obstacle = None
        return self._observed({"status": "ok", "observation": observation, "info": info})

    def step(self, request):
        if self.obstacle is not None:
            raise self.obstacle
        worker = self.worker
        try:
            action = request["action"]
        except KeyError:
            raise errors.BadRequest("step needs `action`") from None
        observation, reward, terminated, truncated, info = worker.step(worker.decode_action(action))
        if type(reward) is not float:
            reward = fields.reward_value(reward)
        if type(terminated) is not bool:
            terminated = fields.flag_value(terminated, "terminated")
        if type(truncated) is not bool:
            truncated = fields.flag_value(truncated, "truncated")
        if terminated or truncated:
            if worker.agents is None or fields.all_over(terminated, truncated):
                self.obstacle = errors.EpisodeOver("the episode is over; reset begins another")
        reply = {
            "status": "ok",
            "observation": observation,
            "reward": reward,
            "terminated": terminated,
            "truncated": truncated,
            "info": info,
        }
        return reply if worker.acting is None else self._observed(reply)

    def render(self, request):
        self._require_begun()
        modes = list(self.worker.render_modes)
        mode = fields.field(request, "mode", (str, type(None)), None)
        if not modes or (mode is not None and mode not in modes):
            raise errors.Unsupported("render modes are: %s" % (", ".join(modes) or "none"))
        mode = mode or modes[0]
        return {"status": "ok", "mode": mode, "frame": self.worker.render(mode)}

    def snapshot(self, _):
        self._require_begun()
        over = b"\1" if self.obstacle is not None else b"\0"
        drawn = pickle.dumps(global_states())
        state = over + len(drawn).to_bytes(4, "little") + drawn + self.worker.snapshot()
        return {"status": "ok", "state": base64.b64encode(state).decode()}

    def restore(self, request, alone=True):
        """`alone`: no other environment of the process draws from its generators."""
        if not self._initialized:
            raise self.obstacle
        text = fields.field(request, "state", str, None)
        try:
            state = base64.b64decode(text, validate=True)
        except ValueError:
            raise errors.BadRequest("`state` is not base64") from None
        drawn = 5 + int.from_bytes(state[1:5], "little")
        if len(state) < drawn:
            raise errors.BadRequest("`state` is no state")
        self.obstacle = errors.NotReset("the last restore failed")
        self.worker.restore(state[drawn:])
        if alone:
            set_global_states(pickle.loads(state[5:drawn]))
        self.obstacle = errors.EpisodeOver("the episode is over; reset begins another") if state[0] else None
        return {"status": "ok"}

    def reseed(self, request):
        self._require_begun()
        seed = fields.seed_field(request)
        if seed is None:
            raise errors.BadRequest("reseed needs `seed`")
        self.worker.reseed(seed)
        seed_globals(seed)
        return {"status": "ok"}

    def interrupted(self):
        """A command ended in the middle: only a reset helps."""
        if self._initialized:
            self.obstacle = errors.NotReset("the episode was interrupted; reset begins another")

    def _require_begun(self):
        if self.obstacle is not None and not isinstance(self.obstacle, errors.EpisodeOver):
            raise self.obstacle

    def _observed(self, reply):
        acting = self.worker.acting
        if acting is not None:
            reply["agent"] = acting
        return reply
