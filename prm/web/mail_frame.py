"""Mails in frames of pages: their HTML is others' work, so it runs nothing, and its links open outside of the frame."""

from __future__ import annotations

BASE = '<base target="_blank">'


def framed(html: str) -> str:
    """The mail with links that open in a tab of their own; the policy of its address keeps it from everything else."""
    head, found, rest = html.partition("<head>")
    return f"{head}{found}{BASE}{rest}" if found else BASE + html
