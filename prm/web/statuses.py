"""Which colour a state wears. One table, so that "approved" is the same green everywhere."""

from __future__ import annotations

TONES: dict[str, str] = {
    # work in progress
    "draft": "neutral",
    "prepared": "info",
    "running": "info",
    "pending": "info",
    "queued": "neutral",
    "waiting": "neutral",
    "leaving": "info",
    "previewed": "info",
    "open": "info",
    "accruing": "info",
    "in_review": "info",
    "exported": "brand",
    "opened": "warn",
    "submitted": "brand",
    "acknowledged": "info",
    "awaiting_vendor": "info",
    "proposed": "info",
    "checked": "info",
    "asked": "warn",
    "cooling": "warn",
    # wanted endings
    "valid": "ok",
    "active": "ok",
    "in_force": "ok",
    "published": "ok",
    "approved": "ok",
    "done": "ok",
    "completed": "ok",
    "settled": "brand",
    "part_settled": "brand",
    "partly_paid": "brand",
    "paid": "ok",
    "sent": "ok",
    "accepted": "ok",
    "verified": "ok",
    "partly_accepted": "ok",
    "applied": "ok",
    # look at it
    "suspended": "warn",
    "held": "warn",
    "awaiting_partner": "warn",
    "info_requested": "warn",
    "escalated": "warn",
    "expired": "warn",
    "partial": "warn",
    "undone": "warn",
    # unwanted endings
    "failed": "bad",
    "reversed": "bad",
    "rejected": "bad",
    "refused": "bad",
    "disputed": "bad",
    "revoked": "bad",
    # over
    "ended": "neutral",
    "closed": "neutral",
    "replaced": "neutral",
    "cancelled": "neutral",
    "dropped": "neutral",
    "withdrawn": "neutral",
    "waived": "neutral",
    "stopped": "neutral",
    "final": "neutral",
}


def tone_of(state: str) -> str:
    """`neutral` for states the table does not know."""
    return TONES.get(state, "neutral")
