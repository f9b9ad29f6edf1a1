"""What a tier scheme says and what follows from it. Knows neither clock nor rows: `services/tiers*.py` do."""
