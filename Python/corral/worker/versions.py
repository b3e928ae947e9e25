"""The versions of what a worker is made of."""

import platform

LANGUAGE = "Python " + platform.python_version()

_versions = {}


def of(names):
    """`{distribution: version}` of those that are installed. Remembered, because the first look-up is slow."""
    if names not in _versions:
        from importlib import metadata

        found = {}
        for name in names:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
        _versions[names] = found
    return _versions[names]
