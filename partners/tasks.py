"""What time brings about."""

from __future__ import annotations

from partners import tier_tasks

__all__ = ["tier_tasks"]
