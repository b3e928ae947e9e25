from corral.worker import Worker


class Words(Worker):
    """A text game that `take lamp` wins."""

    def init(self, instance, params, seed):
        self.instance, self.greeting = instance, params["greeting"]

    def spaces(self):
        text = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
        return text, text

    def reset(self, seed, options):
        return f"{self.greeting} from the {self.instance} game\nA lamp is here.", self._info()

    def step(self, action):
        won = action == "take lamp"
        return "Taken." if won else f"You {action}.", float(won), won, False, self._info()

    def _info(self):
        return {"admissible_commands": ["look", "take lamp"]}
