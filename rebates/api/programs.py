from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Document, Input, Output, Query
from prm.errors import NotFound
from prm.identity.rights import Right
from rebates.api.shapes import BothLanguages
from rebates.models import Program, ProgramVersion
from rebates.selectors.programs import program_list, program_name, program_sentence, version_list
from rebates.services.amendments import program_amendment_request
from rebates.services.programs import (
    program_amend,
    program_create,
    program_discard_draft,
    program_end,
    program_publish,
    program_update_draft,
)
from rebates.states import ProgramStatus, VersionStatus

LANGUAGES = ("en", "zh-hans")


class ProgramQuery(Query):
    status = serializers.ChoiceField(ProgramStatus.choices)
    search = serializers.CharField(help_text="In the code and the names.")


class VersionHeadOutput(Output):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(VersionStatus.choices)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(source="published_by_label")


class VersionOutput(VersionHeadOutput):
    definition = serializers.DictField(help_text="The document of the program file format.")
    sentence = serializers.SerializerMethodField(help_text="What the version says, from its configuration.")

    @extend_schema_field(BothLanguages)
    def get_sentence(self, version: ProgramVersion) -> dict[str, str]:
        return {language: program_sentence(version, language) for language in LANGUAGES}


class ProgramOutput(Output):
    of_objects = True

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.SerializerMethodField(help_text="Of the newest version.")
    status = serializers.ChoiceField(ProgramStatus.choices)
    ends_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    versions = VersionHeadOutput(source="all_versions", many=True, help_text="Newest first.")

    @extend_schema_field(BothLanguages)
    def get_name(self, program: Any) -> dict[str, str]:
        newest = next(iter(program.all_versions), None)
        return {language: program_name(newest, language) if newest else program.code for language in LANGUAGES}


class ProgramDocument(Document):
    example = {
        "code": "ROAD-EU-Q",
        "name": {"en": "Road bikes, Europe", "zh-hans": "欧洲公路车季度返利"},
        "currency": "EUR",
        "period": "quarter",
        "valid_from": "2026-01-01",
        "scope": {"all": [{"field": "product.line", "op": "eq", "value": "Road"}]},
        "calculation": {
            "type": "marginal",
            "bands": [{"from": "0", "rate": "0.02"}, {"from": "50000", "rate": "0.04"}],
        },
    }


class ReasonInput(Input):
    reason = serializers.CharField(max_length=500)


class EndInput(Input):
    ends_on = serializers.DateField(help_text="The last day.")
    reason = serializers.CharField(max_length=1000)


class Programs(Endpoint):
    @lists(
        "program_list", Right.PROGRAMS_VIEW, output=ProgramOutput, query=ProgramQuery,
        orderings={"code": ("code",), "-code": ("-code",), "-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Program]:
        """List programs with their versions."""
        return program_list(call.actor, **call.query)

    @writes("program_create", Right.PROGRAMS_EDIT, output=ProgramOutput, body=ProgramDocument, status=201)
    def post(self, call: Call) -> Program:
        """Create a program as a draft.

        The body is the document of the program file format. Faults are told by their JSON path, such as
        `$.calculation.bands[1].rate`.
        """
        program = program_create(actor=call.actor, definition=call.data["document"])
        return _program(call, program.pk)


class ProgramDetail(Endpoint):
    @reads("program_get", Right.PROGRAMS_VIEW, output=ProgramOutput)
    def get(self, call: Call, program_id: UUID) -> Program:
        """Get a program."""
        return _program(call, program_id)


class ProgramVersions(Endpoint):
    @lists(
        "program_version_list", Right.PROGRAMS_VIEW, output=VersionHeadOutput,
        orderings={"-number": ("-number",), "number": ("number",)},
    )  # fmt: skip
    def get(self, call: Call, program_id: UUID) -> QuerySet[ProgramVersion]:
        """List the versions of a program."""
        return version_list(call.actor, program_id)

    @writes("program_amend", Right.PROGRAMS_EDIT, output=VersionOutput, body=ProgramDocument, status=201)
    def post(self, call: Call, program_id: UUID) -> ProgramVersion:
        """Amend a published program: draft its next version."""
        return program_amend(actor=call.actor, program_id=program_id, definition=call.data["document"])


class ProgramVersionDetail(Endpoint):
    @reads("program_version_get", Right.PROGRAMS_VIEW, output=VersionOutput)
    def get(self, call: Call, program_id: UUID, number: int) -> ProgramVersion:
        """Get a version: its document and its sentence in both languages."""
        version = version_list(call.actor, program_id).filter(number=number).first()
        if version is None:
            raise NotFound
        return version


class ProgramDraft(Endpoint):
    @writes("program_draft_update", Right.PROGRAMS_EDIT, output=VersionOutput, body=ProgramDocument)
    def put(self, call: Call, program_id: UUID) -> ProgramVersion:
        """Write the draft over."""
        return program_update_draft(actor=call.actor, program_id=program_id, definition=call.data["document"])

    @writes("program_draft_discard", Right.PROGRAMS_EDIT, output=None, status=204)
    def delete(self, call: Call, program_id: UUID) -> None:
        """Throw the draft away, and with it a program that was never published."""
        program_discard_draft(actor=call.actor, program_id=program_id)


class ProgramPublish(Endpoint):
    @writes("program_publish", Right.PROGRAMS_PUBLISH, output=ProgramOutput)
    def post(self, call: Call, program_id: UUID) -> Program:
        """Publish the draft: from now on this version never changes."""
        program_publish(actor=call.actor, program_id=program_id)
        return _program(call, program_id)


class ProgramAmendmentRequest(Endpoint):
    @writes("program_amendment_request", Right.PROGRAMS_PUBLISH, output=VersionOutput, body=ReasonInput)
    def post(self, call: Call, program_id: UUID) -> ProgramVersion:
        """Ask for an amendment that changes closed periods; another person publishes it."""
        return program_amendment_request(actor=call.actor, program_id=program_id, **call.data)


class ProgramEnd(Endpoint):
    @writes("program_end", Right.PROGRAMS_PUBLISH, output=ProgramOutput, body=EndInput)
    def post(self, call: Call, program_id: UUID) -> Program:
        """End a published program."""
        program_end(actor=call.actor, program_id=program_id, **call.data)
        return _program(call, program_id)


def _program(call: Call, program_id: UUID) -> Program:
    program = program_list(call.actor).filter(pk=program_id).first()
    if program is None:
        raise NotFound
    return program
