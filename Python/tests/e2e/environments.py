"""Folders of manifests, made for a test."""

import json
import shutil
from pathlib import Path

HERE = Path(__file__).parent


def write(folder, name, launch, sources=(), owner=None, **fields):
    """Writes one environment below `folder`; `sources` are copied beside its manifest. Returns the folder.

    A manifest is YAML, of which JSON is a part.
    """
    place = Path(folder) / name
    place.mkdir(parents=True)
    launches = owner.launch(launch) if owner else {"process": launch}
    manifest = {"manifest": 1, "name": name, "version": "1.0.0", "launch": launches, **fields}
    (place / "environment.yaml").write_text(json.dumps(manifest))
    for source in sources:
        if Path(source).is_dir():
            shutil.copytree(source, place / Path(source).name)
        else:
            shutil.copy(source, place)
    return Path(folder)


def write_source(folder, name, launch, text, **fields):
    """The same with a worker's source given as text, in `worker.py`."""
    write(folder, name, launch, **fields)
    (Path(folder) / name / "worker.py").write_text(text)
    return Path(folder)


def write_hostile(folder, owner=None, namespace="hostile", **fields):
    """`hostile/shared` and `hostile/own`: a worker of every attack, forked from a zygote and on its own."""
    for name, share in [(namespace + "/shared", "zygote"), (namespace + "/own", "none")]:
        launch = {"worker": "worker.py:Hostile", "share": share}
        write(folder, name, launch, (HERE / "hostile").glob("*.py"), owner, **fields)
    return Path(folder)
