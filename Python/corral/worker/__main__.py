"""Serves a worker: `python -m corral.worker [--zygote FD] ENTRY --config JSON`."""

import argparse
import json
import os
import sys

from . import entry, forking
from .channel import Channel


def _object(text):
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m corral.worker", description="Serve an environment to Corral.")
    parser.add_argument("entry", metavar="ENTRY", help="module:Class or path/to/file.py:Class")
    parser.add_argument("--config", type=_object, default={}, metavar="JSON", help="an object for the class")
    parser.add_argument("--zygote", type=int, metavar="FD", help="fork sessions as asked for on this socket")
    parser.add_argument(
        "--landlock",
        choices=("required", "off"),
        default="required",
        help="whether sessions of a zygote are fenced off from each other (default: required)",
    )
    parser.add_argument(
        "--writable", action="append", default=[], metavar="PATH", help="what sessions of a zygote may change as well"
    )
    parser.add_argument("--tcp", action="store_true", help="sessions of a zygote may open TCP connections")
    return parser.parse_args()


def _fence(arguments):
    from .landlock import Fence

    return lambda root: Fence(root, arguments.writable, arguments.tcp)


def main():
    arguments = _arguments()
    entry.calm()
    sys.path.insert(0, os.getcwd())
    if arguments.zygote is not None:
        forking.listen()
        from .zygote import Zygote

        fence = _fence(arguments) if arguments.landlock == "required" else None
        return Zygote(arguments.zygote, fence).run(arguments.entry, arguments.config)
    channel = Channel.claim()
    kind = entry.load(arguments.entry)
    entry.preload(kind, arguments.config)
    entry.serve(kind, arguments.config, channel)
    return 0


if __name__ == "__main__":
    sys.exit(main())
