"""One company at one vendor, and the short ways in which its life goes on: a night, a sale, a quarter that is paid."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal

from django.core import mail
from django.test import Client

from partners.models import DataExport, Partner, TierChange, TierStay
from partners.services.agreement_watch import agreements_watch
from partners.services.certificates import certificates_expire, certificates_warn
from partners.services.onboarding import tasks_remind
from partners.services.renewals import renewals_prepare
from partners.services.tier_sweeps import sweep_run, sweep_start
from prm.audit.models import AuditEntry
from prm.files.services import file_open
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.notifications.models import Notice
from prm.testing.importing import Importer
from prm.testing.make import Cast
from prm.testing.relay import relay
from rebates import fiscal
from rebates.models import Accrual, Statement
from rebates.proof import accruals_differences
from rebates.services.periods import period_close
from rebates.services.reviews import statement_agree
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from tests.partners.ladder import on
from tests.rebates.world import World

DAY = dt.date.fromisoformat
SYSTEM = Actor.system("tests")
EMAIL = "li@shenjiang.example"
PASSWORD = "a long enough secret"
SALES = "external_id,partner_code,sku,sold_on,quantity,net_amount,currency,reverses"


@dataclass
class Life:
    cast: Cast
    world: World = field(init=False)
    second: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.cast.tenant)
        self.second = self.world.actor(Role.FINANCE, "second")

    @property
    def partner(self) -> Partner:
        return Partner.objects.get(legal_name__startswith="上海申江")

    @property
    def owner(self) -> Actor:
        """The person who applied, now the company's administrator."""
        return Actor.user(Membership.objects.get(user__email=EMAIL))

    def client(self) -> Client:
        client = Client(SERVER_NAME="acme.localhost")
        client.force_login(Membership.objects.get(user__email=EMAIL).user)
        return client

    # Time

    def night(self, *days: str, times: int = 1) -> None:
        """What the clock brings about at the vendor; a second time must change nothing."""
        for day in days:
            for _time in range(times):
                with on(day):
                    agreements_watch(actor=SYSTEM)
                    certificates_expire(actor=SYSTEM)
                    certificates_warn(actor=SYSTEM)
                    tasks_remind(actor=SYSTEM)
                    renewals_prepare(actor=SYSTEM)
                    sweep_run(self.cast.tenant, sweep_start(actor=SYSTEM).pk)
                    relay()

    # Sales and money

    def sells(self, day: str, amount: str, *, key: str = "", reverses: str = "") -> None:
        quantity = "-1" if amount.startswith("-") else "1"
        row = f"{key or day},{self.partner.code},X1,{day},{quantity},{amount},CNY,{reverses}"
        with on(day):
            importer = Importer(self.cast.tenant, self.cast.administrator)
            assert importer.sales(row, header=SALES, announce=True).accepted == 1
            relay()
            self.proves()

    def proves(self) -> None:
        assert accruals_differences() == []
        assert [row for row in balances(by=("currency",)) if row["balance"]] == []

    def payouts(self, key: str) -> dict[str, tuple[str, str]]:
        """Program → payout and why there is none, as the books have it now."""
        rows = Accrual.objects.filter(partner=self.partner, period_key=key).select_related("version__program")
        return {one.version.program.code: (f"{one.payout:.2f}", one.reason) for one in rows}

    def closes(self, key: str) -> Statement:
        period_close(actor=self.cast.finance, kind="quarter", key=key)
        statement = Statement.objects.get(period__key=key, partner=self.partner)
        statement_approve(actor=self.second, statement_ids=[statement.pk])
        self.proves()
        return statement

    def pays(self, statement: Statement) -> None:
        settlement = settlement_prepare(actor=self.cast.finance, statement_ids=[statement.pk])
        settlement_export(actor=self.cast.finance, settlement_id=settlement.pk, format="csv")
        settlement_mark_paid(
            actor=self.cast.finance, settlement_id=settlement.pk, paid_on=fiscal.today(), reference="bank"
        )
        relay()
        self.proves()

    def settles(self, day: str, key: str) -> Decimal:
        """The quarter closed, approved by a second person, agreed to by the partner, paid."""
        with on(day):
            statement = self.closes(key)
            relay()
            statement_agree(actor=self.owner, statement_id=statement.pk)
            self.pays(statement)
            return statement.total

    def paid(self) -> Decimal:
        return sum((row["balance"] for row in balances(by=("currency",), accounts=[Account.PAID])), Decimal(0))

    # Reading

    def tiers(self) -> list[tuple[str, str]]:
        rows = TierChange.objects.filter(partner=self.partner).order_by("valid_from")
        return [(one.valid_from.isoformat(), one.tier) for one in rows]

    def stays(self) -> list[tuple[str, str]]:
        rows = TierStay.objects.filter(partner=self.partner).order_by("created_at", "pk")
        return [(one.tier, str(one.status)) for one in rows]

    def stay(self, tier: str) -> TierStay:
        return TierStay.objects.filter(partner=self.partner, tier=tier).order_by("-created_at", "-pk")[0]

    def told(self, kind: str) -> list[str]:
        """The days on which the applicant, or the administrator that it became, was told of this."""
        rows = Notice.objects.filter(kind=f"partners.{kind}", user__email=EMAIL) | Notice.objects.filter(
            kind=f"partners.{kind}", email=EMAIL
        )
        return [one.created_at.date().isoformat() for one in rows.order_by("created_at")]

    def audited(self) -> list[str]:
        """What the audit trail says since the application, without nights and each signer's steps; repeats once."""
        rows = AuditEntry.objects.filter(action__startswith="partners.").order_by("at", "id")
        names = [one.removeprefix("partners.") for one in rows.values_list("action", flat=True)]
        story = names[names.index("application.started") :]
        told = [one for one in story if not one.startswith(("tier_sweep.", "agreement.signer_"))]
        return [one for one, before in zip(told, ["", *told], strict=False) if one != before]


def letters(to: str = EMAIL) -> list[str]:
    """Subjects of the mails that left."""
    return [one.subject for one in mail.outbox if one.to == [to]]


def secret_in_mail(path: str) -> str:
    """The secret of the newest mailed link to this path."""
    for letter in reversed(mail.outbox):
        if found := re.search(rf"/{path}/([\w-]+)/", str(letter.body)):
            return found[1]
    raise AssertionError(f"no mail has a link to {path}")


def archive_of(export: DataExport) -> dict[str, bytes]:
    with file_open(export.file) as content, zipfile.ZipFile(io.BytesIO(content.read())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
