"""What this app tells people of; each module registers its kinds."""

from partners.notices import tiers

__all__ = ["tiers"]
