"""What the audit trail says of profiles, certificates, onboarding and accounts that cool off."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from partners.states.certificates import Level

PEOPLE_ACTIONS: Mapping[str, tuple[str, object]] = {
    "partners.profile.changed": ("building-2", _("Company profile changed")),
    "partners.location.added": ("map-pin", _("Location added")),
    "partners.location.changed": ("map-pin", _("Location changed")),
    "partners.location.removed": ("map-pin", _("Location removed")),
    "partners.specialisations.set": ("sparkles", _("Specialisations chosen")),
    "partners.specialisation.saved": ("sparkles", _("Specialisation of the list saved")),
    "partners.certification.saved": ("award", _("Certification of the catalogue saved")),
    "partners.certificate.awarded": ("award", _("Certificate awarded")),
    "partners.certificate.revoked": ("ban", _("Certificate revoked")),
    "partners.certificate.expired": ("calendar-x", _("Certificate expired")),
    "partners.certificate.expiring": ("calendar-clock", _("End of a certificate announced")),
    "partners.person.moved": ("arrow-right-left", _("Person counted for another partner")),
    "partners.onboarding.started": ("flag", _("Onboarding plan started")),
    "partners.onboarding.activated": ("rocket", _("Onboarding: ready to sell")),
    "partners.onboarding.complete": ("check", _("Onboarding plan completed")),
    "partners.onboarding.stop": ("ban", _("Onboarding plan stopped")),
    "partners.onboarding.reopen": ("undo-2", _("Onboarding plan open again")),
    "partners.onboarding.take_up": ("play", _("Onboarding plan goes on")),
    "partners.onboarding_task.do": ("check", _("Onboarding task done")),
    "partners.onboarding_task.waive": ("minus", _("Onboarding task waived")),
    "partners.onboarding_task.reopen": ("undo-2", _("Onboarding task open again")),
    "partners.onboarding_template.created": ("list-checks", _("Onboarding template drafted")),
    "partners.onboarding_template.changed": ("pencil", _("Onboarding template changed")),
    "partners.onboarding_template.published": ("list-checks", _("Onboarding template published")),
    "partners.onboarding_template.replaced": ("list-checks", _("Onboarding template replaced")),
    "partners.onboarding_template.discarded": ("trash-2", _("Onboarding template discarded")),
    "partners.onboarding_template.task_saved": ("pencil", _("Task of a template saved")),
    "partners.onboarding_template.task_removed": ("trash-2", _("Task of a template removed")),
    "partners.account.cooling": ("hourglass", _("Change of a bank account confirmed")),
    "partners.account.in_force": ("check", _("Changed bank account in force")),
    "partners.account.stopped": ("ban", _("Change of a bank account stopped")),
    "partners.account.cool_off_set": ("hourglass", _("Time to stop a change set")),
    "partners.partner.signed": ("pen-line", _("Agreement signed, onboarding begins")),
    "partners.partner.activate": ("rocket", _("Partner active")),
    "identity.membership.moved": ("arrow-right-left", _("Member moved to another partner")),
}

PEOPLE_THINGS: Mapping[str, object] = {
    "partners.certificate": _("Certificate"),
    "partners.certification": _("Certification"),
    "partners.person": _("Person"),
    "partners.specialisation": _("Specialisation"),
    "partners.onboardingplan": _("Onboarding plan"),
    "partners.onboardingtask": _("Onboarding task"),
    "partners.plantemplate": _("Onboarding template"),
}

PEOPLE_NAMES: Mapping[str, object] = {
    "address": _("Address"),
    "blurb_en": _("About the company, in English"),
    "blurb_zh": _("About the company, in Chinese"),
    "certification": _("Certification"),
    "city": _("City"),
    "days": _("Days"),
    "employees": _("Employees"),
    "expires_on": _("Valid until"),
    "hours": _("Hours"),
    "is_active": _("Offered"),
    "is_main": _("Main location"),
    "is_public": _("Found by customers"),
    "issued_on": _("Issued on"),
    "level": _("Level"),
    "phone": _("Phone"),
    "postal_code": _("Postal code"),
    "score": _("Score"),
    "specialisations": _("Specialisations"),
    "task": _("Task"),
    "template": _("Template"),
    "validity_months": _("Valid for months"),
    "website": _("Website"),
}

PEOPLE_DIFFERENCES = frozenset(
    {"partners.profile.changed", "partners.location.changed", "partners.specialisations.set", "partners.person.moved"}
)

PEOPLE_CODES: Mapping[tuple[str, str], Mapping[object, object]] = {("", "level"): dict(Level.choices)}
