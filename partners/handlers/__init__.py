"""Facts that concern partners: each handler is idempotent."""

from partners.handlers import tiers

__all__ = ["tiers"]
