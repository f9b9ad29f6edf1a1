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
    "sent": "info",
    "viewed": "info",
    "asked": "info",
    "countersigned": "info",
    "exported": "brand",
    "opened": "warn",
    "acknowledged": "info",
    "awaiting_vendor": "info",
    "proposed": "info",
    "checked": "info",
    "asked": "warn",
    # wanted endings
    "active": "ok",
    "in_force": "ok",
    "published": "ok",
    "signed": "ok",
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
    "applied": "ok",
    # look at it
    "suspended": "warn",
    "awaiting_partner": "warn",
    "escalated": "warn",
    "expired": "warn",
    "expiring": "warn",
    "partial": "warn",
    "undone": "warn",
    # unwanted endings
    "failed": "bad",
    "reversed": "bad",
    "rejected": "bad",
    "refused": "bad",
    "declined": "bad",
    "terminated": "bad",
    "disputed": "bad",
    "revoked": "bad",
    # over
    "ended": "neutral",
    "closed": "neutral",
    "replaced": "neutral",
    "voided": "neutral",
    "released": "neutral",
    "cancelled": "neutral",
    "withdrawn": "neutral",
    "final": "neutral",
}


def tone_of(state: str) -> str:
    """`neutral` for states the table does not know."""
    return TONES.get(state, "neutral")
