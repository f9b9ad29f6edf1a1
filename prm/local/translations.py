"""Compiles `locale/*/LC_MESSAGES/*.po` without GNU gettext, which is not on every machine."""

from __future__ import annotations

from pathlib import Path

import polib

from prm.local.layout import ROOT, local_layout
from prm.local.services import exclusive


def compile_stale(root: Path = ROOT) -> list[Path]:
    """Write each missing or older `.mo` beside its `.po`; returns what was written."""
    written = []
    with exclusive(local_layout().run / "translations.lock"):
        for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            draft = target.with_suffix(".mo.new")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(target)
            written.append(target)
    return written


def incomplete(root: Path = ROOT) -> list[str]:
    """One line per untranslated or fuzzy message: file, line, message."""
    lines = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        catalogue = polib.pofile(str(source))
        entries = (*catalogue.untranslated_entries(), *catalogue.fuzzy_entries())
        lines += [f"{source.relative_to(root)}:{entry.linenum}: {entry.msgid}" for entry in entries]
    return lines
