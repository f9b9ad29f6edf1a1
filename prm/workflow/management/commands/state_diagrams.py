"""`manage.py state_diagrams`: write the diagrams of every transition table into the READMEs of their apps."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.local.layout import ROOT
from prm.workflow.diagrams import MARKED, stale, text_with_diagrams


class Command(BaseCommand):
    help = "Write the state diagrams into the READMEs; with --check only say which are stale."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a diagram is stale")

    def handle(self, *_args: Any, **options: Any) -> None:
        readmes = [ROOT / config.name.replace(".", "/") / "README.md" for config in apps.get_app_configs()]
        marked = [path for path in readmes if path.is_file() and MARKED.search(path.read_text())]
        wrong = stale(marked)
        names = ", ".join(str(path.relative_to(ROOT)) for path in wrong)
        if options["check"]:
            if wrong:
                raise CommandError(f"stale state diagrams (run manage.py state_diagrams): {names}")
            return
        for path in wrong:
            path.write_text(text_with_diagrams(path.read_text()))
        self.stdout.write(f"written: {names}" if wrong else "nothing to write")
