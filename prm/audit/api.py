from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists
from prm.api.serializers import Output, Query
from prm.audit.models import AuditEntry
from prm.audit.selectors import entry_list
from prm.identity.rights import Right

ORDERINGS = {"-at": ("-at", "-id")}


class EntryQuery(Query):
    action = serializers.CharField(help_text="Start of the action's name, such as `rebates.`.")
    who = serializers.CharField(help_text="Start of the actor's label.")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(help_text="Exclusive.")


class EntryOutput(Output):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    actor_kind = serializers.ChoiceField(["user", "api_key", "operator", "applicant", "system"])
    actor_id = serializers.UUIDField(allow_null=True)
    actor = serializers.CharField(source="actor_label")
    action = serializers.CharField()
    target_type = serializers.CharField()
    target_id = serializers.CharField()
    target = serializers.CharField(source="target_label")
    data = serializers.DictField()  # type: ignore[assignment]


class AuditEntries(Endpoint):
    @lists("audit_entry_list", Right.AUDIT_VIEW, output=EntryOutput, query=EntryQuery, orderings=ORDERINGS)
    def get(self, call: Call) -> QuerySet[AuditEntry]:
        """List the audit trail, newest first."""
        return entry_list(call.actor, **call.query)
