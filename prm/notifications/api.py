"""A person's own notices, and the way they take. API keys have no inbox."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Input, Output, Query
from prm.notifications.models import Notice
from prm.notifications.selectors import inbox_list, preference_list, schedule_get
from prm.notifications.services import Hours, notice_read, notices_read, preferences_update
from prm.notifications.states import LOCKED_AREAS, Area, Channel

OWN = ()
ORDERINGS = {"-created_at": ("-created_at", "-id")}


class NoticeQuery(Query):
    unread = serializers.BooleanField()
    area = serializers.ChoiceField(Area.choices)


class NoticeOutput(Output):
    of_objects = True

    id = serializers.UUIDField()
    kind = serializers.CharField()
    area = serializers.ChoiceField(Area.choices, source="about.area")
    subject = serializers.CharField(source="told.subject")
    paragraphs = serializers.ListField(child=serializers.CharField(), source="told.paragraphs")
    action = serializers.CharField(source="told.action", help_text="Empty: it leads nowhere.")
    path = serializers.CharField(source="told.path")
    partner_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class ReadInput(Input):
    ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=1000, help_text="All of them when left out."
    )


class ReadOutput(Output):
    read = serializers.IntegerField(help_text="How many were unread.")


class ChannelInput(Input):
    area = serializers.ChoiceField(Area.choices)
    channel = serializers.ChoiceField(Channel.choices)


class PreferencesInput(Input):
    channels = ChannelInput(many=True, required=False)
    quiet_from = serializers.TimeField(required=False, allow_null=True)
    quiet_until = serializers.TimeField(required=False, allow_null=True)
    digest_at = serializers.TimeField(required=False)
    digest_above = serializers.IntegerField(required=False)
    everywhere = serializers.BooleanField(required=False, help_text="At every vendor where you work.")


class ChannelOutput(Output):
    area = serializers.ChoiceField(Area.choices)
    channel = serializers.ChoiceField(Channel.choices)
    is_locked = serializers.BooleanField(help_text="Money and security always come at once.")


class PreferencesOutput(Output):
    channels = ChannelOutput(many=True)
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    digest_at = serializers.TimeField()
    digest_above = serializers.IntegerField()


class Notices(Endpoint):
    @lists("notification_list", OWN, output=NoticeOutput, query=NoticeQuery, orderings=ORDERINGS)
    def get(self, call: Call) -> QuerySet[Notice]:
        """List your own notices, newest first, in the language of `Accept-Language`."""
        return inbox_list(call.actor, **call.query)


class NoticesRead(Endpoint):
    @writes("notification_read_many", OWN, output=ReadOutput, body=ReadInput)
    def post(self, call: Call) -> dict[str, int]:
        """Mark your notices as read."""
        return {"read": notices_read(actor=call.actor, notice_ids=call.data.get("ids"))}


class NoticeRead(Endpoint):
    @writes("notification_read", OWN, output=NoticeOutput)
    def post(self, call: Call, notice_id: UUID) -> Notice:
        """Mark a notice as read."""
        return notice_read(actor=call.actor, notice_id=notice_id)


class Preferences(Endpoint):
    @reads("notification_preferences", OWN, output=PreferencesOutput)
    def get(self, call: Call) -> dict[str, Any]:
        """Read which way the notices of each area take, and your hours."""
        return _preferences(call)

    @writes("notification_preferences_update", OWN, output=PreferencesOutput, body=PreferencesInput, partial=True)
    def patch(self, call: Call) -> dict[str, Any]:
        """Change them; what is left out stays."""
        wanted = dict(call.data)
        channels = {one["area"]: one["channel"] for one in wanted.pop("channels", [])}
        everywhere = wanted.pop("everywhere", False)
        hours = Hours(**(_hours(call) | wanted)) if wanted else None
        preferences_update(actor=call.actor, channels=channels, hours=hours, everywhere=everywhere)
        return _preferences(call)


def _hours(call: Call) -> dict[str, dt.time | int | None]:
    schedule = schedule_get(call.actor)
    names = ("quiet_from", "quiet_until", "digest_at", "digest_above")
    return {name: getattr(schedule, name) for name in names}


def _preferences(call: Call) -> dict[str, Any]:
    rows = [
        {"area": area, "channel": channel or Channel.MAIL, "is_locked": area in LOCKED_AREAS}
        for area, channel in preference_list(call.actor)
    ]
    return {"channels": rows, **_hours(call)}
