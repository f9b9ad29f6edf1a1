"""`manage.py rebates_evaluate`: the production engine on files, leaving nothing behind in the database."""

import json
from argparse import ArgumentTypeError
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from prm.money import known_currency
from rebates.evaluate import Request, files_evaluate
from rebates.evaluate_files import UnusableInput


class Command(BaseCommand):
    help = "Evaluates programs over files and writes accruals.csv, lines.csv and exceptions.csv."

    def add_arguments(self, parser: CommandParser) -> None:
        for name in ("partners", "products", "sales", "programs"):
            parser.add_argument(f"--{name}", type=Path, required=True, metavar="FILE")
        for name in ("fx", "targets"):
            parser.add_argument(f"--{name}", type=Path, metavar="FILE")
        parser.add_argument("--as-of", type=_day, metavar="DATE", help="evaluate as at the end of this day")
        parser.add_argument("--base-currency", type=_currency, default="USD", metavar="CODE")
        parser.add_argument("--fiscal-start-month", type=int, choices=range(1, 13), default=1, metavar="MONTH")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("partners", "products", "sales", "programs", "fx", "targets", "out", "as_of", "base_currency")
        request = Request(**{name: options[name] for name in names}, fiscal_start_month=options["fiscal_start_month"])
        try:
            with translation.override("en"):
                report = files_evaluate(request)
        except UnusableInput as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(json.dumps(report.to_json()))


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2014-06-30") from None


def _currency(text: str) -> str:
    if not known_currency(text):
        raise ArgumentTypeError(f"{text!r} is no ISO 4217 currency")
    return text
