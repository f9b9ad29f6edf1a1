"""What time brings about."""

from __future__ import annotations

from partners import score_tasks, tier_tasks

__all__ = ["score_tasks", "tier_tasks"]
