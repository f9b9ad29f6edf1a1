"""How a partner is paid whatever its programs say, and the numbers of our accounts in the vendor's books."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.selectors.partners import partner_get
from prm.audit.services import record
from prm.errors import Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.models import AccountNumber, PayoutChoice
from rebates.states import BookAccount, PayoutForm


@transaction.atomic
def payout_choice_set(*, actor: Actor, partner_id: UUID, form: str) -> None:
    """`deduction`: from the next settlement on, the partner deducts what it gets; empty: as its programs say."""
    actor.require(Right.SETTLEMENTS_EDIT)
    if form not in ("", PayoutForm.DEDUCTION):
        raise Invalid(fields={"form": [_("Choose deduction, or what the programs say.")]})
    partner = partner_get(actor, partner_id)
    earlier = PayoutChoice.objects.select_for_update().filter(partner=partner).first()
    before = earlier.form if earlier else ""
    if before == form:
        return
    if form:
        PayoutChoice.objects.update_or_create(partner=partner, defaults={"form": form})
    else:
        PayoutChoice.objects.filter(partner=partner).delete()
    record(actor, "rebates.payout.chosen", partner, {"before": before, "form": form})


@transaction.atomic
def account_numbers_set(*, actor: Actor, numbers: Mapping[str, str]) -> None:
    """Account → number; an empty one is the standard number again. Files that are written keep theirs."""
    actor.require(Right.SETTLEMENTS_EDIT)
    unknown = set(numbers) - set(BookAccount.values)
    faults = {name: [_("There is no such account.")] for name in unknown}
    faults |= {name: [_("At most 40 characters.")] for name, number in numbers.items() if len(number.strip()) > 40}
    if faults:
        raise Invalid(fields=faults)
    for name, number in numbers.items():
        if number.strip():
            AccountNumber.objects.update_or_create(account=name, defaults={"number": number.strip()})
        else:
            AccountNumber.objects.filter(account=name).delete()
    record(actor, "rebates.account_numbers.set", None, dict(numbers))
