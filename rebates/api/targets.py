from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists
from prm.api.serializers import DecimalText, Output, Query
from prm.identity.rights import Right
from rebates.models import Target
from rebates.selectors.targets import target_list


class TargetQuery(Query):
    program_code = serializers.CharField()
    period_key = serializers.CharField(help_text="Such as 2026-06, 2026-Q2, 2026-H1 or 2026.")
    partner_id = serializers.UUIDField()
    search = serializers.CharField(help_text="Start of a partner's code, or part of its name.")


class TargetOutput(Output):
    id = serializers.UUIDField()
    program_code = serializers.CharField()
    partner_id = serializers.UUIDField()
    partner_code = serializers.CharField(source="partner.code")
    period_key = serializers.CharField()
    target = DecimalText(help_text="In the program's measure and currency.")


class Targets(Endpoint):
    @lists(
        "target_list", Right.PROGRAMS_VIEW, output=TargetOutput, query=TargetQuery,
        orderings={
            "-period_key": ("-period_key", "program_code", "id"), "program_code": ("program_code", "period_key", "id"),
        },
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Target]:
        """List targets. They are brought in by an import of the kind `targets`."""
        return target_list(call.actor, **call.query)
