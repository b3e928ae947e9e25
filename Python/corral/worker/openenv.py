"""Environments of OpenEnv packages, as they are."""

import importlib
import inspect
import json
import os
import re
import sys
import types

from .errors import BadRequest, InvalidAction
from .worker import Worker

TEXT = {"type": "Text", "min_length": 0, "max_length": None, "charset": None}
_INTEGER = {"type": "Box", "dtype": "int64", "shape": [], "low": -(2**63), "high": 2**63 - 1}
_FLOAT = {"type": "Box", "dtype": "float64", "shape": [], "low": "-Infinity", "high": "Infinity"}
_BOOLEAN = {"type": "Discrete", "n": 2, "start": 0}


class OpenEnvWorker(Worker):
    """Serves the environment of an OpenEnv package: an object of its class for each session.

    Configuration: `folder`: the package, relative to the manifest (default: the manifest's own folder), whose
    `openenv.yaml` names the module that calls `create_app`; or, beside it, `environment`, `action` and `observation`:
    the classes as `module:Class`. `kwargs`: arguments of the environment's class; parameters go over them.

    Actions and observations are `Dict`s with the fields of the package's models. Text, numbers and booleans are what
    they are; fields of other types travel as JSON text. `done`, `reward` and `metadata` of an observation become
    `terminated`, `reward` and `info`.
    """

    name = "corral.worker.openenv"
    packages = ("openenv-core", "openenv", "pydantic")
    _made = None  # environment, action and observation class

    @classmethod
    def preload(cls, config):
        cls._made = _classes(config)

    def __init__(self, config=None):
        super().__init__(config)
        if self._made is None:
            type(self)._made = _classes(self.config)
        self._make, self._action, self._observation = type(self)._made
        self._fields = _fields(self._observation, ("done", "reward", "metadata"))
        self._inputs = _fields(self._action, ("metadata",))
        self._env = None

    @property
    def capabilities(self):
        return ("seed",) * ("seed" in self._accepted("reset", ("seed",)))

    def init(self, instance, params, seed):
        if instance is not None:
            raise BadRequest("this environment has no instances to choose from")
        if self._env is not None:
            self._env.close()
        self._env = self._make(**{**self.config.get("kwargs", {}), **params})

    def spaces(self):
        return _space(self._fields), _space(self._inputs)

    def reset(self, seed, options):
        given = {"seed": seed, **(options or {})}
        known = self._accepted("reset", given)
        observation, _, _, info = self._told(self._env.reset(**{name: given[name] for name in known}))
        return observation, info

    def step(self, action):
        observation, reward, done, info = self._told(self._env.step(action))
        return observation, reward, done, False, info

    def decode_action(self, action):
        from pydantic import ValidationError

        try:
            values = {name: _decoded(action[name], kind) for name, kind in self._inputs.items()}
            return self._action(**values)
        except (ValidationError, ValueError, KeyError) as error:
            raise InvalidAction(str(error)) from None

    def close(self):
        if self._env is not None:
            self._env.close()

    def _accepted(self, method, names):
        """Those of the names that a method takes; of those that every environment takes, `seed` and the like."""
        parameters = inspect.signature(getattr(self._make, method)).parameters
        if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
            return list(names)
        return [name for name in names if name in parameters]

    def _told(self, observation):
        values = observation.model_dump(mode="json")
        info = values.pop("metadata", None) or {}
        reward = values.pop("reward", None)
        done = bool(values.pop("done", False))
        encoded = {name: _encoded(values[name], kind) for name, kind in self._fields.items()}
        return encoded, None if reward is None else float(reward), done, info


def _classes(config):
    folder = os.path.abspath(config.get("folder", "."))
    sys.path.insert(0, folder)
    if "environment" in config:
        return tuple(_class(config[key]) for key in ("environment", "action", "observation"))
    with open(os.path.join(folder, "openenv.yaml"), encoding="utf-8") as file:
        match = re.search(r"^app:\s*[\"']?([\w.]+):", file.read(), re.MULTILINE)
    if match is None:
        raise BadRequest("openenv.yaml names no app")
    return _captured(match[1])


def _class(name):
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _captured(module):
    """What a package gives to `create_app`, of which no server is made."""
    found = []

    def create(env, action_cls=None, observation_cls=None, *_, **__):
        found.append((env, action_cls, observation_cls))
        return types.SimpleNamespace()

    import openenv.core.env_server as package
    from openenv.core.env_server import http_server

    names = ("create_app", "create_fastapi_app")
    places = [(place, name) for place in (package, http_server) for name in names if hasattr(place, name)]
    before = [getattr(place, name) for place, name in places]
    for place, name in places:
        setattr(place, name, create)
    try:
        importlib.import_module(module)
    finally:
        for (place, name), value in zip(places, before):
            setattr(place, name, value)
    if not found or not isinstance(found[0][0], type):
        raise BadRequest("%s gives no class of environments to create_app; name the classes" % module)
    return found[0]


def _fields(model, without):
    """The kinds of a model's fields, by name."""
    return {name: _kind(field.annotation) for name, field in model.model_fields.items() if name not in without}


def _kind(annotation):
    kinds = {str: "text", bool: "boolean", int: "integer", float: "float"}
    return kinds.get(annotation, "json") if isinstance(annotation, type) else "json"


def _space(fields):
    forms = {"text": TEXT, "json": TEXT, "boolean": _BOOLEAN, "integer": _INTEGER, "float": _FLOAT}
    return {"type": "Dict", "spaces": {name: forms[kind] for name, kind in fields.items()}}


def _encoded(value, kind):
    if kind == "json":
        return json.dumps(value, ensure_ascii=False)
    return int(value) if kind == "boolean" else value


def _decoded(value, kind):
    if kind == "json":
        return json.loads(value)
    return bool(value) if kind == "boolean" else value
