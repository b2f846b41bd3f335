"""Ground floor: what a ruleset is and what its conditions mean."""
