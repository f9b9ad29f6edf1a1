from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists
from prm.api.serializers import Output, Query
from prm.identity.models import Invitation, Membership
from prm.identity.rights import Right, Role
from prm.identity.selectors import invitation_list, member_list

MANAGERS = (Right.TEAM_MANAGE, Right.OWN_TEAM_MANAGE)
SIDES = ["vendor", "partner"]


class InvitationQuery(Query):
    side = serializers.ChoiceField(SIDES)
    partner_id = serializers.UUIDField()


class MembershipQuery(InvitationQuery):
    role = serializers.ChoiceField(Role.choices)
    search = serializers.CharField(help_text="In the name and the e-mail address.")


class MembershipOutput(Output):
    id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(Role.choices)
    partner_id = serializers.UUIDField(allow_null=True)
    partner_code = serializers.CharField(source="partner.code", allow_null=True)
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class InvitationOutput(Output):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices)
    partner_id = serializers.UUIDField(allow_null=True)
    partner_code = serializers.CharField(source="partner.code", allow_null=True)
    invited_by = serializers.EmailField(source="invited_by.email")
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class Memberships(Endpoint):
    @lists(
        "membership_list", MANAGERS, output=MembershipOutput, query=MembershipQuery,
        orderings={"email": ("user__email", "id"), "-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Membership]:
        """List the members of the team; a partner's administrator sees the own company's."""
        return member_list(call.actor, **call.query)


class Invitations(Endpoint):
    @lists(
        "invitation_list", MANAGERS, output=InvitationOutput, query=InvitationQuery,
        orderings={"-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Invitation]:
        """List open invitations."""
        return invitation_list(call.actor, **call.query)
