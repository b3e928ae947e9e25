"""`corral check` over a corpus of faulty and blameless environments, and what else asks about versions."""
