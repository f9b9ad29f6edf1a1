"""Pages of profiles, teams, certificates, onboarding and cooling accounts: what is posted, and what stands there."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partners.models import (
    BankAccount,
    Certificate,
    Location,
    OnboardingPlan,
    OnboardingTask,
    PartnerProfile,
    PlanTemplate,
    WorkPlace,
)
from partners.services.onboarding import plan_start
from partners.services.profile import profile_update, specialisation_save
from prm.identity.handlers import leaver_sign_out
from prm.identity.models import Invitation, Membership
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.scenarios.people import PDF, furnish_people

NOW = "2026-11-23T04:00:00Z"


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(cast: Cast) -> dict[str, Any]:
    with tenant_context(cast.tenant):
        return furnish_people(cast)


def inside(cast: Cast) -> Any:
    return tenant_context(cast.tenant)


def test_a_partner_fills_its_profile_in(cast: Cast) -> None:
    own = cast.client(Role.PARTNER_ADMINISTRATOR)
    with inside(cast):
        specialisation_save(actor=cast.manager, code="cloud", name_en="Cloud")
    empty = own.get(reverse("partner:company")).content.decode()
    assert "0%" in empty
    refused = own.post(reverse("partner:company_edit"), {"is_public": "on"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["is_public"])
    sent = {"website": "blue.example", "employees": "12", "blurb_en": "<b>Hello</b>", "is_public": "on"}
    assert own.post(reverse("partner:company_edit"), sent).status_code == 302
    place = {"name": "HQ", "country": "CN", "city": "上海", "is_public": "on"}
    assert own.post(reverse("partner:location_new"), place).status_code == 302
    assert own.post(reverse("partner:company_specialisations"), {"codes": ["cloud"]}).status_code == 302
    text = own.get(reverse("partner:company")).content.decode()
    assert "&lt;b&gt;Hello&lt;/b&gt;" in text
    assert "https://blue.example" in text
    with inside(cast):
        location = Location.objects.get()
        assert (PartnerProfile.objects.get().is_public, location.is_main, location.country) == (True, True, "CN")
    gone = cast.client(Role.CHANNEL_MANAGER).post(
        reverse("manager:location_remove", args=[cast.partner.pk, location.pk])
    )
    assert gone.status_code == 302
    foreign = reverse("manager:location", args=[cast.other_partner.pk, location.pk])
    assert cast.client(Role.CHANNEL_MANAGER).get(foreign).status_code == 404


def test_a_script_is_no_website(cast: Cast) -> None:
    own = cast.client(Role.PARTNER_ADMINISTRATOR)
    refused = own.post(reverse("partner:company_edit"), {"website": "javascript:alert(1)"})
    assert list(refused.context["form"].errors) == ["website"]


def test_many_are_invited_and_the_refused_stay_with_their_reasons(cast: Cast) -> None:
    own = cast.client(Role.PARTNER_ADMINISTRATOR)
    present = cast.user(Role.PARTNER_SALES).email
    sent = {"emails": f"a@new.test, b@new.test；nobody\n{present}\na@NEW.test", "role": "partner_sales"}
    answer = own.post(reverse("shared:team_invite_many"), sent)
    assert answer.status_code == 200
    assert [one.email for one in answer.context["refused"]] == ["nobody", present]
    assert answer.context["form"].initial["emails"] == f"nobody\n{present}"
    with inside(cast):
        found = Invitation.objects.values_list("email", "partner_id", "role")
        assert sorted(found) == [(f"{one}@new.test", cast.partner.pk, "partner_sales") for one in "ab"]
    assert own.post(reverse("shared:team_invite_many"), sent | {"emails": " , "}).status_code == 422
    many = "\n".join(f"p{number}@new.test" for number in range(101))
    refused = own.post(reverse("shared:team_invite_many"), sent | {"emails": many})
    assert list(refused.context["form"].errors) == ["emails"]
    vendor_role = own.post(reverse("shared:team_invite_many"), sent | {"role": "finance"})
    assert list(vendor_role.context["form"].errors) == ["role"]


def test_a_person_moves_to_another_partner_and_the_certificates_follow(cast: Cast, house: dict[str, Any]) -> None:
    from partners.handlers.certificates import membership_changed

    manager, member = cast.client(Role.CHANNEL_MANAGER), cast.members[Role.PARTNER_SALES]
    award = {
        "email": member.user.email, "certification": "net", "issued_on": "2026-11-01", "partner": "",
        "file": SimpleUploadedFile("../../c.pdf", PDF),
    }  # fmt: skip
    assert manager.post(reverse("manager:certificate_award"), award).status_code == 302
    assert (
        cast.client(Role.PARTNER_ADMINISTRATOR).get(reverse("shared:member_move", args=[member.pk])).status_code == 403
    )
    moved = manager.post(
        reverse("shared:member_move", args=[member.pk]), {"partner": str(cast.other_partner.pk)}
    )  # fmt: skip
    assert moved.status_code == 302
    with inside(cast):
        for message in Message.objects.filter(topic="identity.membership.changed"):
            membership_changed(message.payload)
        places = Membership.objects.filter(user=member.user).values_list("partner_id", "is_active", "role")
        assert set(places) == {
            (cast.partner.pk, False, "partner_sales"), (cast.other_partner.pk, True, "partner_sales"),
        }  # fmt: skip
        made = Certificate.objects.get(person__email=member.user.email)
        newest = WorkPlace.objects.filter(person=made.person).order_by("-valid_from")[0]
        assert (newest.partner_id, str(newest.valid_from)) == (cast.other_partner.pk, "2026-11-23")
    client = cast.client(Role.PARTNER_SALES)
    assert "Stone Bridge" in client.get(reverse("shared:switch")).content.decode()


def test_a_leaver_is_out_at_once_and_signed_out_everywhere(cast: Cast) -> None:
    member = cast.members[Role.PARTNER_SALES]
    client = cast.client(Role.PARTNER_SALES)
    assert client.get(reverse("partner:earnings")).status_code == 200
    address = reverse("shared:member_deactivate", args=[member.pk])
    assert cast.client(Role.PARTNER_ADMINISTRATOR).post(address, {"reason": "Left"}).status_code == 302
    assert client.get(reverse("partner:earnings")).status_code == 404
    assert UserSession.objects.filter(user=member.user).exists()
    with inside(cast):
        leaver_sign_out({"membership_id": str(member.pk)})
    assert not UserSession.objects.filter(user=member.user).exists()
    assert "/accounts/login/" in client.get(reverse("partner:earnings"))["Location"]


def test_the_last_administrator_stays(cast: Cast) -> None:
    own, chief = cast.client(Role.PARTNER_ADMINISTRATOR), cast.members[Role.PARTNER_ADMINISTRATOR]
    refused = own.post(reverse("shared:member_deactivate", args=[chief.pk]), {"reason": "Left"})
    assert refused.status_code == 422
    assert "last administrator" in refused.content.decode()


def test_what_ends_and_what_it_costs_stands_on_both_sides(cast: Cast, house: dict[str, Any]) -> None:
    for role, page in ((Role.PARTNER_SALES, "partner:certificates"), (Role.CHANNEL_MANAGER, "manager:certification")):
        text = cast.client(role).get(reverse(page)).content.decode()
        assert "2026-12-05" in text, page
        assert "Certified people: 0 instead of 1" in text, page
    file = cast.client(Role.PARTNER_SALES).get(reverse("partner:certificate_file", args=[house["certificate_id"]]))
    assert (b"".join(file.streaming_content), file["X-Content-Type-Options"]) == (PDF, "nosniff")  # type: ignore[attr-defined]
    assert file["Content-Disposition"].startswith("attachment")


def test_evidence_that_is_not_what_it_says_is_refused(cast: Cast, house: dict[str, Any]) -> None:
    sent = {
        "email": "x@y.example", "certification": "net", "issued_on": "2026-11-01", "partner": str(cast.partner.pk),
        "file": SimpleUploadedFile("c.pdf", b"PK\x03\x04\x00\x00\x00\x00nothing of a kind"),
    }  # fmt: skip
    refused = cast.client(Role.CHANNEL_MANAGER).post(reverse("manager:certificate_award"), sent)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["file"])
    task = reverse("partner:onboarding_task", args=[house["task_id"]])
    assert cast.client(Role.PARTNER_SALES).get(task).status_code == 200


def test_a_partner_does_its_tasks_and_reads_the_vendors(cast: Cast, house: dict[str, Any]) -> None:
    own = cast.client(Role.PARTNER_SALES)
    page = own.get(reverse("partner:onboarding")).content.decode()
    assert "25%" in page
    with inside(cast):
        tasks = {task.key: task for task in OnboardingTask.objects.filter(plan=house["plan_id"])}
    blocked = own.get(reverse("partner:onboarding_task", args=[tasks["deal"].pk])).content.decode()
    assert "It is done" not in blocked
    assert own.post(reverse("partner:onboarding_task", args=[tasks["deal"].pk]), {}).status_code == 422
    assert own.post(reverse("partner:onboarding_task", args=[tasks["call"].pk]), {}).status_code == 403
    assert own.post(reverse("partner:onboarding_task", args=[tasks["team"].pk]), {"note": "x"}).status_code == 302
    assert own.post(reverse("partner:onboarding_task", args=[tasks["team"].pk]), {}).status_code == 422
    waived = reverse("manager:onboarding_waive", args=[tasks["call"].pk])
    manager = cast.client(Role.CHANNEL_MANAGER)
    assert manager.post(waived, {"reason": ""}).status_code == 422
    assert manager.post(waived, {"reason": "Met at the fair"}).status_code == 302
    with inside(cast):
        assert str(OnboardingPlan.objects.get().activated_on) == "2026-11-23"


def test_templates_are_drafted_published_and_revised_by_page(cast: Cast, house: dict[str, Any]) -> None:
    manager, draft = cast.client(Role.CHANNEL_MANAGER), house["template_draft_id"]
    task = reverse("manager:onboarding_template_task", args=[draft, house["template_task_id"]])
    sent = {
        "title_en": "Deal",
        "side": "partner",
        "due_days": "9",
        "proof": "none",
        "weight": "2",
        "depends_on": ["team"],
    }
    assert manager.post(task, sent).status_code == 302
    taken = manager.post(reverse("manager:onboarding_template_publish", args=[draft]))
    assert "serves this type of partner already" in taken.content.decode()
    edit = {"name_en": "Next", "partner_type": "msp", "days": "30"}
    assert manager.post(reverse("manager:onboarding_template_edit", args=[draft]), edit).status_code == 302
    assert manager.post(reverse("manager:onboarding_template_publish", args=[draft])).status_code == 302
    again = manager.post(reverse("manager:onboarding_template_revise", args=[draft]))
    with inside(cast):
        newest = PlanTemplate.objects.get(code="next", version=2)
        assert (newest.status, newest.partner_type) == ("draft", "msp")
        assert newest.tasks.get(key="deal").due_days == 9
        assert plan_start(actor=cast.manager, partner_id=cast.other_partner.pk) is not None
    assert again["Location"] == reverse("manager:onboarding_template", args=[newest.pk])


def test_a_change_of_account_can_be_stopped_on_the_phone(cast: Cast, house: dict[str, Any]) -> None:
    own = cast.client(Role.PARTNER_FINANCE)
    shown = own.get(reverse("partner:payments")).content.decode()
    assert "2026-11-26" in shown
    stop = reverse("partner:account_stop", args=[house["cooling_id"]])
    assert stop in shown
    assert own.post(stop, {"reason": ""}).status_code == 422
    assert own.post(stop, {"reason": "Not us"}).status_code == 302
    assert own.post(stop, {"reason": "Not us"}).status_code == 422
    with inside(cast):
        states = BankAccount.objects.filter(currency="EUR").order_by("pk").values_list("status", flat=True)
        assert list(states) == ["active", "rejected"]


def test_the_confirmation_says_when_it_takes_effect(cast: Cast, house: dict[str, Any]) -> None:
    with inside(cast):
        profile_update(actor=cast.manager, partner_id=cast.partner.pk, phone="5555 0100")
    finance = cast.client(Role.FINANCE)
    entered = {"currency": "EUR", "holder": "Blue", "number": "NL91ABNA0417164300"}
    own = cast.client(Role.PARTNER_FINANCE)
    assert own.post(reverse("partner:account_new"), entered).status_code == 302
    with inside(cast):
        waiting = BankAccount.objects.get(status="proposed")
    page = reverse("finance:account_confirm", args=[waiting.pk])
    assert "It takes effect in 72 hours" in finance.get(page).content.decode()
    assert finance.post(page).status_code == 422
    assert finance.post(reverse("finance:account_stop", args=[house["cooling_id"]]), {"reason": "x"}).status_code == 302
    assert finance.post(page).status_code == 302
    shown = finance.get(reverse("finance:accounts")).content.decode()
    assert reverse("finance:account_stop", args=[waiting.pk]) in shown
