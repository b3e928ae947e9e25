"""Finds the class that an ENTRY names, and serves it."""

import importlib
import importlib.util
import os
import sys

from .base import BaseWorker
from .worker import Worker

# Libraries that start threads or open windows unless told not to, before they are imported.
CALM = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "SDL_VIDEODRIVER": "dummy",
    "SDL_AUDIODRIVER": "dummy",
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
}


def calm():
    """Sets the defaults of `CALM`; what is set already stays."""
    for name, value in CALM.items():
        os.environ.setdefault(name, value)


def load(entry):
    """The class of `module:Class` or `path/to/file.py:Class`. Raises `ImportError`."""
    place, separator, name = entry.rpartition(":")
    if not separator or not place or not name:
        raise ImportError("%r is not of the form module:Class or path/to/file.py:Class" % entry)
    module = _load_file(place) if place.endswith(".py") else importlib.import_module(place)
    kind = getattr(module, name, None)
    if not isinstance(kind, type) or not issubclass(kind, (Worker, BaseWorker)):
        raise ImportError("%s has no subclass of Worker or BaseWorker called %s" % (place, name))
    return kind


def preload(kind, config):
    """What all sessions of a class share. Version 1 workers have nothing of the kind."""
    if issubclass(kind, Worker):
        kind.preload(config)


def serve(kind, config, channel):
    """One worker over one channel, until the channel ends."""
    worker = kind() if issubclass(kind, BaseWorker) else kind(config)
    worker.serve(channel)


def _load_file(path):
    path = os.path.abspath(path)
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or not os.path.isfile(path):
        raise ImportError("there is no file %s" % path)
    sys.path.insert(0, os.path.dirname(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
