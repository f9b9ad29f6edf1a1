"""`Notice` is something told to one reader, `Mail` what carries one or a day's worth of them to an address."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm import clock
from prm.db.models import TenantForeignKey, TenantModel
from prm.db.scope import require_tenant
from prm.identity.models import User
from prm.notifications.catalogue import NoticeKind, is_secret, kind_of
from prm.notifications.states import LOCKED_AREAS, MAIL_OPEN, Area, Channel, MailStatus
from prm.notifications.text import Told, tell
from prm.sealing import unseal


def _one_reader() -> Q:
    """An account, or the address and language of somebody without one."""
    return Q(user__isnull=False, email="") | (Q(user__isnull=True) & ~Q(email=""))


class Mail(TenantModel):
    """`due_at` is when it leaves, or tries again; of one that is leaving, when it should long have left. A digest
    is open to notices until it leaves."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField(_("e-mail"), blank=True)
    is_digest = models.BooleanField(_("digest"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=MailStatus.choices, default=MailStatus.WAITING)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("mail")
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_reader(), name="mail_one_reader"),
            models.CheckConstraint(condition=Q(status__in=MailStatus.values), name="mail_status_known"),
            models.CheckConstraint(
                condition=Q(status=MailStatus.SENT, sent_at__isnull=False) | ~Q(status=MailStatus.SENT),
                name="mail_sent_when",
            ),
            models.UniqueConstraint(
                fields=["tenant", "user"], name="mail_one_open_digest",
                condition=Q(is_digest=True, status__in=MAIL_OPEN, attempts=0),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="mail_recent"),
            models.Index(fields=["tenant", "user", "created_at"], name="mail_of_user"),
        ]

    def __str__(self) -> str:
        return str(self.user.email if self.user else self.email)

    @property
    def can_be_retried(self) -> bool:
        """Refused for good, or of a worker that died at it: nobody knows then whether it left."""
        is_lost = self.status == MailStatus.LEAVING and self.due_at <= clock.now()
        return self.status == MailStatus.FAILED or is_lost


class Notice(TenantModel):
    """`sealed` keeps the secrets of its data until the mail has left. `channel` is the way that was chosen for it.

    `partner` is whose people it concerns: its link opens there, and whoever has left the company sees it no more.
    """

    kind = models.CharField(_("kind"), max_length=80)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    partner = TenantForeignKey("partners.Partner", null=True, related_name="+")
    data = models.JSONField(default=dict)
    sealed = models.TextField(blank=True)
    once = models.CharField(max_length=200, blank=True)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    mail = TenantForeignKey(Mail, null=True, related_name="notices")
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notice")
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_reader(), name="notice_one_reader"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="notice_channel_known"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "once", "user"], name="notice_once",
                condition=Q(user__isnull=False) & ~Q(once=""),
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind", "once", "email"], name="notice_once_address",
                condition=Q(user__isnull=True) & ~Q(once=""),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["tenant", "user", "-created_at", "-id"], name="notice_inbox"),
            models.Index(
                fields=["tenant", "user"], name="notice_unread", condition=Q(read_at__isnull=True)
            ),
            models.Index(fields=["tenant", "mail"], name="notice_mail"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.kind

    @property
    def about(self) -> NoticeKind:
        return kind_of(self.kind)

    @property
    def greeted(self) -> str:
        """The reader's name; empty when nobody knows it."""
        return self.user.name if self.user else self.data.get("reader", "")

    @property
    def told(self) -> Told:
        """Its texts in the active language, on the active clock; once its secrets have left it leads nowhere."""
        secrets = json.loads(unseal(self.sealed)) if self.sealed else {}
        gone = {name: "…" for name in self.about.names if is_secret(name)}
        reader = str(self.user) if self.user else self.greeted or self.email
        told = tell(self.about, gone | self.data | secrets, vendor=require_tenant().name, reader=reader)
        return told if gone.keys() <= secrets.keys() else replace(told, action="")


class Preference(TenantModel):
    """The way that a reader wants an area's notices to take at this vendor."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(_("area"), max_length=20, choices=Area.choices)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "user", "area"], name="preference_once"),
            models.CheckConstraint(condition=Q(area__in=Area.values), name="preference_area_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="preference_channel_known"),
            models.CheckConstraint(condition=~Q(area__in=sorted(LOCKED_AREAS)), name="preference_not_locked"),
        ]

    def __str__(self) -> str:
        return f"{self.get_area_display()}: {self.get_channel_display()}"


class Schedule(TenantModel):
    """When a reader may be disturbed, as the reader's clock shows it. Without quiet hours both ends are empty."""

    DIGEST_AT = dt.time(8)
    DIGEST_ABOVE = 20

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    quiet_from = models.TimeField(_("quiet from"), null=True)
    quiet_until = models.TimeField(_("quiet until"), null=True)
    digest_at = models.TimeField(_("daily digest at"), default=DIGEST_AT)
    digest_above = models.PositiveSmallIntegerField(_("mails a day"), default=DIGEST_ABOVE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "user"], name="schedule_once"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=models.F("quiet_until"))),
                name="schedule_quiet_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user: Any) -> Schedule:
        """The user's, or the one of somebody who never chose."""
        return cls.objects.filter(user=user).first() or cls(user=user)


class ActLink(TenantModel):
    """A link in a mail that does something. Its signed id is the secret: the row alone opens nothing."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    partner = TenantForeignKey("partners.Partner", null=True, related_name="+")
    act = models.CharField(_("act"), max_length=80)
    data = models.JSONField(default=dict)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("link in a mail")

    def __str__(self) -> str:
        return self.act
