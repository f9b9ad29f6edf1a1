"""An import of sales whose lines are in a statement stays: what was stated can't lose its ground."""

from __future__ import annotations

from django.utils.translation import gettext as _

from prm.errors import Conflict
from prm.imports.models import Import
from prm.imports.undo import register_undo_cleanup, register_undo_veto
from rebates.locks import hold
from rebates.models import AcceptedException, SaleException, StatementSale
from rebates.targets import TARGETS

__all__ = ["TARGETS"]


def refuse_stated_lines(run: Import) -> None:
    """Raises `Conflict` that names a statement. A close at the same time waits for the undo, or the undo for it."""
    hold("accruals")
    shares = StatementSale.objects.filter(sale_line__import_id=run.pk).select_related("statement_line__statement")
    found = shares.first()
    if found is not None:
        text = _("Lines of this import are in statement %(number)s, so it cannot be undone.")
        raise Conflict(text % {"number": found.statement_line.statement}, code="import_stated")


register_undo_veto("sales", refuse_stated_lines)


def remove_exceptions(run: Import) -> None:
    """Exceptions are derived from lines: they go with them, the recalculation finds the others anew."""
    SaleException.objects.filter(sale_line__import_id=run.pk).delete()
    AcceptedException.objects.filter(sale_line__import_id=run.pk).delete()


register_undo_cleanup("sales", remove_exceptions)
