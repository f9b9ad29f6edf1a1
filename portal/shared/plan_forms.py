"""Forms of business plans and actions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.metrics import Unit, metrics
from partners.metrics.registry import known, metric
from partners.states.plans import Side
from portal.shared.figure_text import ENTERED_UNITS, stored_of, typed_of
from portal.shared.forms import AmountField, DateField
from prm.errors import Invalid
from prm.money import parse_decimal

Owners = list[tuple[str, str, str]]
"""(side, user id, name)"""


def number(typed: str, name: str) -> Decimal:
    try:
        return parse_decimal(typed)
    except ValueError:
        raise Invalid(fields={name: [_("This is no number.")]}) from None


class PlanForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    ambition = forms.CharField(
        label=gettext_lazy("What you want to achieve together"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class NewPlanForm(PlanForm):
    fiscal_year = forms.TypedChoiceField(label=gettext_lazy("Fiscal year"), coerce=int)
    like = forms.TypedChoiceField(
        label=gettext_lazy("Take goals over from"), required=False, coerce=UUID, empty_value=None
    )
    partner = forms.CharField(
        label=gettext_lazy("Partner code"), max_length=64,
        widget=forms.TextInput(attrs={"list": "partners", "autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("partner", "fiscal_year", "title", "ambition", "like")

    def __init__(
        self, *args: Any, year: int, earlier: list[tuple[str, str]], chosen: bool, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if chosen:
            del self.fields["partner"]
        self.fields["fiscal_year"].initial = year
        self.fields["fiscal_year"].choices = [(one, str(one)) for one in range(year, year + 3)]  # type: ignore[attr-defined]
        self.fields["like"].choices = [("", _("No plan")), *earlier]  # type: ignore[attr-defined]
        if not earlier:
            del self.fields["like"]


class GoalForm(forms.Form):
    metric = forms.ChoiceField(
        label=gettext_lazy("Counted by"), required=False,
        help_text=gettext_lazy("A figure follows the data by itself; anything else is entered by hand."),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("Goal"), max_length=200, required=False,
        help_text=gettext_lazy("Empty: the name of the figure."),
    )  # fmt: skip
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), choices=ENTERED_UNITS, help_text=gettext_lazy("Figures bring their own.")
    )
    start_value = AmountField(label=gettext_lazy("Starting value"), initial="0")
    target = AmountField(label=gettext_lazy("Target"), help_text=gettext_lazy("Per cents as 12.5."))
    due_on = DateField(label=gettext_lazy("By when"))
    side = forms.ChoiceField(label=gettext_lazy("Who answers for it"), choices=Side.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.code, one.name) for one in metrics()]
        self.fields["metric"].choices = [("", _("Entered by hand")), *named]  # type: ignore[attr-defined]

    def values(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the service takes. Raises `Invalid` for what is no number."""
        about = metric(data["metric"]) if known(data["metric"]) else None
        unit = about.unit if about else data["unit"]
        read = {name: stored_of(number(data[name], name), unit) for name in ("start_value", "target")}
        return {**data, **read, "title": data["title"] or (str(about.name) if about else "")}


def goal_initial(goal: Any) -> dict[str, Any]:
    names = ("metric", "title", "unit", "due_on", "side")
    figures = {name: typed_of(getattr(goal, name), goal.unit) for name in ("start_value", "target")}
    return {name: getattr(goal, name) for name in names} | figures


class ProgressForm(forms.Form):
    value = AmountField(label=gettext_lazy("Where it is now"))
    on = DateField(label=gettext_lazy("On which day"))
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        if unit == Unit.RATIO:
            self.fields["value"].help_text = _("Per cents as 12.5.")

    def values(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "value": stored_of(number(data["value"], "value"), self.unit)}


class ActionForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=300)
    owner = forms.ChoiceField(label=gettext_lazy("Who does it"))
    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=254,
        help_text=gettext_lazy("Only for somebody without a login."),
    )  # fmt: skip
    due_on = DateField(label=gettext_lazy("By when"))

    def __init__(self, *args: Any, owners: Owners, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = []
        for side in Side:
            people = [(f"{side}:{user_id}", name) for where, user_id, name in owners if where == side]
            groups.append((side.label, [*people, (f"{side}:", _("Somebody else"))]))
        self.fields["owner"].choices = groups  # type: ignore[attr-defined]

    def values(self, data: dict[str, Any]) -> dict[str, Any]:
        side, _sep, user_id = data["owner"].partition(":")
        who = {"owner_id": UUID(user_id)} if user_id else {"owner": data["name"]}
        return {"title": data["title"], "due_on": data["due_on"], "side": side, **who}


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )


class AgreeForm(forms.Form):
    sha256 = forms.CharField(widget=forms.HiddenInput)


class CloseForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("How the year went"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
