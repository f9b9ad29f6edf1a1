"""The demo vendors' agreements: templates in both languages, an agreement in each state, one near its end."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from partners.selectors.partners import partner_list
from partners.services.agreement_life import agreement_terminate
from partners.services.agreement_signing import (
    Ink,
    Proof,
    Seen,
    agreement_countersign,
    agreement_decline_by_link,
    agreement_sign,
    agreement_sign_by_link,
    agreement_view_by_link,
)
from partners.services.agreement_templates import template_create, template_draft_save, template_publish
from partners.services.agreement_watch import agreements_watch
from partners.services.agreements import (
    agreement_amend,
    agreement_draft,
    agreement_send,
    agreement_update,
    agreement_void,
)
from portal.demo.agreement_texts import RESELLER, TEMPLATES
from portal.demo.clockwork import on
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.sealing import unseal

SEEN = Seen(ip="203.0.113.24", user_agent="Mozilla/5.0 (Linux; Android 16) Mobile")
NAMES = [
    "周敏",
    "Anna Keller",
    "李强",
    "Tom Fischer",
    "王芳",
    "Sara Lindt",
    "陈静",
    "Paul Meier",
    "刘洋",
    "Eva Lehmann",
    "赵磊",
    "Nils Berg",
]
STROKES = [
    [60, 150, 75, 110, 92, 70, 104, 48, 108, 70, 104, 110, 101, 150],
    [130, 130, 160, 96, 190, 92, 200, 112, 180, 140, 152, 150, 200, 138, 240, 104, 262, 92, 268, 116, 256, 146],
    [300, 140, 330, 90, 352, 62, 356, 92, 350, 130, 372, 108, 402, 96, 418, 110, 410, 138, 450, 130, 520, 102],
]
WATCH = Actor.system("partners.watch")


class Story:
    """Makes agreements of one vendor, each with the next of its partners."""

    def __init__(self, staff: Mapping[Role, Membership]) -> None:
        self.manager, self.director = (Actor.user(staff[role]) for role in (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR))
        self.own = staff[Role.PARTNER_ADMINISTRATOR]
        self.today = clock.today(require_tenant())
        found = partner_list(self.manager).exclude(pk__in=[self.own.partner_id]).order_by("code")
        self.partners = list(found.values_list("pk", "country"))
        self.templates: dict[str, UUID] = {}
        self.count = 0

    def ago(self, days: int) -> dt.date:
        return self.today - dt.timedelta(days=days)

    def write_templates(self) -> None:
        for code, name, kind, is_offered, content in TEMPLATES:
            made = template_create(actor=self.manager, code=code, name=name, partner_type=kind, is_offered=is_offered)
            template_draft_save(actor=self.manager, template_id=made.pk, content=content)
            template_publish(actor=self.director, template_id=made.pk)
            self.templates[code] = made.pk

    def draft(self, code: str = "RES", *, partner_id: UUID | None = None, starts_on: dt.date | None = None) -> Any:
        people = [self._person(code) for _role in range(2 if code == "SI" else 1)]
        if partner_id:
            people[0] = {"name": self.own.user.name, "email": self.own.user.email}
        return agreement_draft(
            actor=self.manager, partner_id=partner_id or self.partners[self.count][0], starts_on=starts_on,
            template_id=self.templates[code], values={"minimum_order": "CNY 200,000"}, signers=people,
        )  # fmt: skip

    def sent(self, code: str = "RES", **given: Any) -> Any:
        return agreement_send(actor=self.manager, agreement_id=self.draft(code, **given).pk)

    def signed(self, code: str = "RES", **given: Any) -> Any:
        agreement = self.sent(code, **given)
        while (asked := agreement.signers.filter(side="partner", status="asked").first()) is not None:
            self.sign(agreement, asked, drawn=asked.position == 1)
        return agreement

    def sign(self, agreement: Any, signer: Any, *, drawn: bool) -> None:
        proof = Proof(Ink(signer.name, STROKES if drawn else None, has_read=True, consents=True), SEEN)
        if signer.email == self.own.user.email:
            agreement_sign(actor=Actor.user(self.own), agreement_id=agreement.pk, proof=proof)
            return
        agreement_view_by_link(token=self.link(signer.email))
        agreement_sign_by_link(token=self.link(signer.email), proof=proof)

    def active(self, code: str = "RES", **given: Any) -> Any:
        agreement = self.signed(code, **given)
        proof = Proof(Ink("Grace Liu", None, has_read=True, consents=True), Seen("198.51.100.7", "Mozilla/5.0"))
        agreement_countersign(actor=self.director, agreement_id=agreement.pk, proof=proof)
        return agreement

    def link(self, email: str) -> str:
        """The secret that the mail to this address carries."""
        notice = Notice.objects.filter(email=email).order_by("-created_at", "-id").first()
        return str(json.loads(unseal(notice.sealed))["token"]) if notice else ""

    def _person(self, code: str) -> dict[str, str]:
        self.count = (self.count + 1) % len(self.partners)
        name = NAMES[self.count % len(NAMES)]
        return {"name": name, "email": f"signer{self.count}@{code.lower()}.test"}


def agreements_make(staff: Mapping[Role, Membership]) -> None:
    story = Story(staff)
    with on(story.ago(420)):
        story.write_templates()
        story.active("RES")
    with on(story.ago(341)):
        own = story.active("RES", partner_id=staff[Role.PARTNER_ADMINISTRATOR].partner_id)
        near = story.active("RES")
    with on(story.ago(200)):
        story.active("SI")
        ended = story.active("RES")
    with on(story.ago(60)):
        agreement_terminate(
            actor=story.manager, agreement_id=ended.pk, reason="连续两个季度未下单 No orders for two quarters"
        )
        agreements_watch(actor=WATCH)
    with on(story.ago(12)):
        template_draft_save(actor=story.manager, template_id=story.templates["RES"], content=RESELLER)
        template_publish(actor=story.director, template_id=story.templates["RES"])
    _under_way(story, own)
    agreements_watch(actor=WATCH)
    agreement_terminate(
        actor=story.manager, agreement_id=near.pk, reason="双方协商一致 Agreed by both sides",
        last_day=story.today + dt.timedelta(days=12),
    )  # fmt: skip


def _under_way(story: Story, own: Any) -> None:
    """What lies with signers, what waits for the vendor, what came to nothing."""
    with on(story.ago(5)):
        story.signed("RES")
        void, declined = story.sent("RES"), story.sent("RES")
        agreement_void(actor=story.manager, agreement_id=void.pk, reason="合同主体有误 Wrong legal entity")
        email = declined.signers.get(position=1).email
        agreement_decline_by_link(token=story.link(email), reason="最低订货额过高 The minimum order is too high")
    with on(story.ago(2)):
        story.active("SI", starts_on=story.today + dt.timedelta(days=30))
        viewed = story.sent("SI")
        agreement_view_by_link(token=story.link(viewed.signers.get(position=1).email))
    story.draft("SI")
    addition = agreement_amend(
        actor=story.manager, agreement_id=own.pk, template_id=story.templates["MDF"], effect="extends"
    )
    subject = {"subject_en": "joint marketing", "subject_zh": "联合市场活动"}
    agreement_update(actor=story.manager, agreement_id=addition.pk, values=subject)
    agreement_send(actor=story.manager, agreement_id=addition.pk)
