"""The tests of the adversarial list run twice, as the tester and as an ordinary user; of the second run the normal
`make test` takes a part."""

import math
import os
import random

from e2e.marks import LONG

PART = 1 / 3
SEED = os.environ.get("CORRAL_SAMPLE", "corral")
"""Another text draws another sample."""


def drop(config, items):
    """Takes the tests out of `items` that were not drawn: of each test function a part of its cases stays, of those
    with a zygote and of those without."""
    chosen_by_hand = config.option.keyword or any("::" in argument for argument in config.args)
    if LONG or chosen_by_hand:
        return
    cases = {}
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if "ordinary" in (parameters.get("owner"), parameters.get("fenced_owner")):
            kind = "%s %s %s" % (
                item.path.name,
                item.originalname,
                parameters.get("attacker", parameters.get("patient_attacker")),
            )
            cases.setdefault(kind, []).append(item)
    dropped = set()
    for kind, group in cases.items():
        kept = random.Random("%s %s" % (SEED, kind)).sample(group, math.ceil(len(group) * PART))
        dropped.update(set(group) - set(kept))
    if dropped:
        config.hook.pytest_deselected(items=[item for item in items if item in dropped])
        items[:] = [item for item in items if item not in dropped]
