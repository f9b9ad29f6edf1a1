"""Random secrets of this checkout: made once, readable by this user alone."""

from __future__ import annotations

import json
import os
import secrets

from prm.local.layout import Layout
from prm.local.services import exclusive


def secret(layout: Layout, name: str) -> str:
    """The secret called `name`, made on first use and the same ever after."""
    with exclusive(layout.run / "secrets.lock"):
        known: dict[str, str] = json.loads(layout.secrets.read_text()) if layout.secrets.exists() else {}
        if name not in known:
            known[name] = secrets.token_urlsafe(48)
            draft = layout.secrets.with_suffix(".new")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as output:
                json.dump(known, output, indent=1)
            draft.replace(layout.secrets)
    return known[name]
