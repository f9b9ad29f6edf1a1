"""A partner on the phone: the next step of its onboarding, its certificates; a manager at the desk follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from partners.models import Certificate, OnboardingTask
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.scenarios.people import PDF, furnish_people

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture
def house(cast: Cast) -> dict[str, Any]:
    with tenant_context(cast.tenant):
        found = furnish_people(cast)
        # The licence is to be uploaded by hand.
        OnboardingTask.objects.filter(pk=found["done_id"]).update(status="open", closed_at=None, file=None)
    return found


def speaking(language: str) -> Callable[[str], str]:
    def said(text: str) -> str:
        with translation.override(language):
            return gettext(text)

    return said


@LANGUAGES
def test_a_partner_does_its_tasks_on_a_phone(
    browser: Callable[..., Any], cast: Cast, house: dict[str, Any], tmp_path: Path, language: str
) -> None:
    said, locale = speaking(language), "zh-CN" if language == "zh-hans" else "en"
    file = tmp_path / "licence.pdf"
    file.write_bytes(PDF)
    phone = browser(cast.user(Role.PARTNER_ADMINISTRATOR), device="phone", locale=locale)
    phone.goto("/p/onboarding/")
    phone.get_by_role("link", name=said("Do it now")).click()
    phone.wait_for_url("**/p/onboarding/tasks/*/")
    for _both in range(2):
        if phone.locator("[name=file]").count():
            phone.locator("[name=file]").set_input_files(file)
        phone.get_by_role("button", name=said("It is done")).click()
        phone.wait_for_url("**/p/onboarding/")
        if phone.get_by_role("link", name=said("Do it now")).count() and not _both:
            phone.get_by_role("link", name=said("Do it now")).click()
            phone.wait_for_url("**/p/onboarding/tasks/*/")
    with tenant_context(cast.tenant):
        states = dict(OnboardingTask.objects.filter(plan=house["plan_id"]).values_list("key", "status"))
    assert (states["team"], states["licence"], states["call"]) == ("done", "done", "open")

    desk = browser(cast.user(Role.CHANNEL_MANAGER), locale=locale)
    desk.goto("/m/onboarding/")
    desk.get_by_role("link", name="Blue Harbour").first.click()
    desk.wait_for_url("**/m/onboarding/plans/*/")
    desk.locator(f"a[href$='/onboarding/tasks/{_task(cast, house, 'call')}/']").click()
    desk.get_by_role("button", name=said("It is done")).click()
    desk.wait_for_url("**/m/onboarding/plans/*/")
    phone.reload()
    phone.get_by_text("100%").first.wait_for()
    assert (phone.errors, desk.errors) == ([], [])


@LANGUAGES
def test_certificates_are_awarded_at_the_desk_and_seen_on_the_phone(
    browser: Callable[..., Any], cast: Cast, house: dict[str, Any], language: str
) -> None:
    said, locale = speaking(language), "zh-CN" if language == "zh-hans" else "en"
    desk = browser(cast.user(Role.CHANNEL_MANAGER), locale=locale)
    desk.goto("/m/certification/")
    desk.get_by_role("link", name=said("Award a certificate")).click()
    desk.locator("[name=email]").fill("han@blue.example")
    desk.locator("[name=name]").fill("韩梅梅")
    desk.locator("[name=partner]").select_option(str(cast.partner.pk))
    desk.locator("main form button[type=submit]").click()
    desk.wait_for_url("**/m/certification/certificates/*/")
    with tenant_context(cast.tenant):
        made = Certificate.objects.get(person__email="han@blue.example")

    phone = browser(cast.user(Role.PARTNER_SALES), device="phone", locale=locale)
    phone.goto("/p/certificates/")
    phone.get_by_text("韩梅梅").wait_for()
    phone.locator(f"a[href$='/certificates/{house['certificate_id']}/']").click()
    phone.get_by_text("证书.pdf").wait_for()

    desk.get_by_role("link", name=said("Revoke")).click()
    desk.locator("[name=reason]").fill("错误")
    desk.locator("main form button[type=submit]").click()
    desk.wait_for_url(f"**/m/certification/certificates/{made.pk}/")
    phone.goto("/p/certificates/")
    phone.get_by_text("李雷").first.wait_for()
    assert phone.get_by_text("韩梅梅").count() == 0
    assert (phone.errors, desk.errors) == ([], [])


def _task(cast: Cast, house: dict[str, Any], key: str) -> Any:
    with tenant_context(cast.tenant):
        return OnboardingTask.objects.get(plan=house["plan_id"], key=key).pk
