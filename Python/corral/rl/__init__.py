"""Training settings by environment, library and backend; and a trainer that reads them (``python -m corral.rl``).

>>> from corral.rl import default_rl_cfg
>>> default_rl_cfg("CartPole-v1", "corral", "torch").replace(num_envs=64).num_envs
64

Names are MotrixLab's where it has them. Nothing here needs PyTorch until it trains or plays.
"""

from .config import BaseRLCfg, PPOCfg, SB3PPOCfg
from .table import default_rl_cfg, list_rl_cfgs, register_rl_cfg, rlcfg

__all__ = [
    "BaseRLCfg",
    "PPOCfg",
    "SB3PPOCfg",
    "default_rl_cfg",
    "list_rl_cfgs",
    "register_rl_cfg",
    "rlcfg",
]
