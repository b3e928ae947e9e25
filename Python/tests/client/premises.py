"""What the tests start from."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("CORRAL_BIN") or str(ROOT / ".build/debug/corral")
CARTPOLE = "classic/CartPole-v1"
