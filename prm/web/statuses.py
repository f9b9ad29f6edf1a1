"""Which colour a state wears. One table, so that "approved" is the same green everywhere."""

from __future__ import annotations

TONES: dict[str, str] = {
    # work in progress
    "draft": "neutral",
    "prepared": "info",
    "running": "info",
    "pending": "info",
    "queued": "neutral",
    "previewed": "info",
    "open": "info",
    "accruing": "info",
    "in_review": "info",
    "exported": "brand",
    "opened": "warn",
    "acknowledged": "info",
    "awaiting_vendor": "info",
    "proposed": "info",
    "checked": "info",
    # wanted endings
    "active": "ok",
    "published": "ok",
    "approved": "ok",
    "done": "ok",
    "completed": "ok",
    "settled": "brand",
    "part_settled": "brand",
    "partly_paid": "brand",
    "paid": "ok",
    "accepted": "ok",
    "verified": "ok",
    "partly_accepted": "ok",
    "retained": "ok",
    "upgraded": "ok",
    "upheld": "ok",
    "applied": "ok",
    "agreed": "ok",
    "held": "ok",
    "shared": "info",
    # look at it
    "suspended": "warn",
    "awaiting_partner": "warn",
    "escalated": "warn",
    "expired": "warn",
    "partial": "warn",
    "undone": "warn",
    "qualified": "info",
    "at_risk": "warn",
    "grace": "warn",
    # unwanted endings
    "decided": "bad",
    "downgraded": "bad",
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
    "withdrawn": "neutral",
    "final": "neutral",
    "lapsed": "neutral",
}


def tone_of(state: str) -> str:
    """`neutral` for states the table does not know."""
    return TONES.get(state, "neutral")
