from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.local import translations


class Command(BaseCommand):
    help = "Compile the message catalogues whose source is newer; needs no GNU gettext."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a message is untranslated or fuzzy")

    def handle(self, **options: Any) -> None:
        for path in translations.compile_stale():
            self.stdout.write(f"Compiled {path}")
        incomplete = translations.incomplete() if options["check"] else []
        if incomplete:
            raise CommandError("\n".join([*incomplete, f"{len(incomplete)} messages are not translated."]))
