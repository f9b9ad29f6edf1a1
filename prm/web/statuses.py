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
    "planned": "info",
    "contracting": "info",
    "onboarding": "info",
    "undoing": "info",
    "waiting": "neutral",
    # wanted endings
    "renewed": "ok",
    "upgraded": "brand",
    "lifted": "ok",
    "same": "neutral",
    "finished": "neutral",
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
    "applied": "ok",
    # look at it
    "in_force": "warn",
    "exiting": "warn",
    "watched": "warn",
    "kept": "warn",
    "suspended": "warn",
    "awaiting_partner": "warn",
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
    "over": "neutral",
    "parted": "neutral",
    "dropped": "neutral",
    "ended": "neutral",
    "closed": "neutral",
    "replaced": "neutral",
    "cancelled": "neutral",
    "withdrawn": "neutral",
    "final": "neutral",
}


def tone_of(state: str) -> str:
    """`neutral` for states the table does not know."""
    return TONES.get(state, "neutral")
