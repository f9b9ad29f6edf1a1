"""Two workers at once, and workers that die: each mail leaves once, each notice is in one mail, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection

from prm import clock
from prm.errors import DomainError
from prm.identity.models import User
from prm.identity.notices import PASSWORD_CHANGED
from prm.identity.rights import Role
from prm.notifications import catalogue
from prm.notifications.acts import Act
from prm.notifications.catalogue import NoticeKind
from prm.notifications.links import act_link_make
from prm.notifications.models import ActLink, Mail, Notice, Preference
from prm.notifications.services import act_link_use, mails, notices_read, notify
from prm.notifications.services.mails import mail_send, mails_make
from prm.notifications.states import Area, Channel
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast

pytestmark = pytest.mark.django_db(transaction=True)
WHEN = {"changed_at": "2026-03-02T06:00:00+00:00"}
TIER = NoticeKind(code="test.tier", area=Area.TIERS, audience="x", subject="Status", body="Amount", act="test.act")
TIMES = 4


@pytest.fixture(autouse=True)
def chief(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    monkeypatch.setattr(catalogue, "_kinds", {**catalogue._kinds, TIER.code: TIER})
    with time_machine.travel("2026-03-02T06:00:00Z", tick=True):
        yield cast.user(Role.PARTNER_ADMINISTRATOR)


def at_once(cast: Cast, *calls: Callable[[], Any]) -> list[Any]:
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            with tenant_context(cast.tenant):
                results[index] = call()
        except DomainError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def told(cast: Cast, user: User, count: int = 1, kind: NoticeKind = PASSWORD_CHANGED) -> list[Notice]:
    with tenant_context(cast.tenant):
        return [one for _number in range(count) for one in notify(kind, to=[user], data=WHEN)]


def test_two_workers_send_one_mail(cast: Cast, chief: User) -> None:
    [notice] = told(cast, chief)
    at_once(cast, *[lambda: mails_make(notice_ids=[notice.pk])] * TIMES)
    with tenant_context(cast.tenant):
        made = Mail.objects.get()
    at_once(cast, *[lambda: mail_send(mail_id=made.pk)] * TIMES)
    assert len(mail.outbox) == 1
    with tenant_context(cast.tenant):
        assert (Mail.objects.get().status, Mail.objects.get().attempts) == ("sent", 1)


def test_telling_the_same_at_once_tells_it_once(cast: Cast, chief: User) -> None:
    new = at_once(cast, *[lambda: notify(PASSWORD_CHANGED, to=[chief], data=WHEN, once="k-1")] * TIMES)
    assert sorted(len(one) for one in new) == [0, 0, 0, 1]
    with tenant_context(cast.tenant):
        assert Notice.objects.count() == 1


def test_notices_that_come_at_once_share_one_digest(cast: Cast, chief: User) -> None:
    with tenant_context(cast.tenant):
        Preference.objects.create(user=chief, area=Area.TIERS, channel=Channel.DIGEST)
    notices = told(cast, chief, TIMES, TIER)
    at_once(cast, *[lambda one=one: mails_make(notice_ids=[one.pk]) for one in notices])
    with tenant_context(cast.tenant):
        [digest] = Mail.objects.all()
        assert digest.notices.count() == TIMES


def test_a_notice_that_comes_while_the_digest_leaves_is_not_lost(cast: Cast, chief: User) -> None:
    with tenant_context(cast.tenant):
        Preference.objects.create(user=chief, area=Area.TIERS, channel=Channel.DIGEST)
    [first, late] = told(cast, chief, 2, TIER)
    with tenant_context(cast.tenant):
        mails_make(notice_ids=[first.pk])
        Mail.objects.update(due_at=clock.now())
        digest = Mail.objects.get()
    at_once(cast, lambda: mail_send(mail_id=digest.pk), lambda: mails_make(notice_ids=[late.pk]))
    [letter] = mail.outbox
    with tenant_context(cast.tenant):
        late.refresh_from_db()
        assert late.mail is not None
        # It is in the one that left, or waits in the next.
        assert (late.mail_id == digest.pk) == ("2 new messages" in letter.subject)
        assert late.mail_id == digest.pk or late.mail.status == "waiting"


def test_a_worker_that_dies_while_it_works_leaves_it_to_the_next(
    cast: Cast, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(cast.tenant):
        Preference.objects.create(user=chief, area=Area.TIERS, channel=Channel.DIGEST)
    notices = told(cast, chief, 2, TIER)
    with tenant_context(cast.tenant):
        mails_make(notice_ids=[one.pk for one in notices])
        Mail.objects.update(due_at=clock.now())
        digest = Mail.objects.get()

    class Killed(BaseException):
        pass

    def die(*_args: Any, **_more: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch, tenant_context(cast.tenant):
        patch.setattr(mails, "after_commit", die)
        with pytest.raises(Killed):
            mail_send(mail_id=digest.pk)
    assert mail.outbox == []
    for _run in range(2):
        with tenant_context(cast.tenant):
            mail_send(mail_id=digest.pk)
    assert [one.subject for one in mail.outbox] == ["Acme: 2 new messages"]


def test_two_clicks_on_a_link_do_it_once(cast: Cast, chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    act = Act("test.act", "Do", lambda _actor, _data: "?", lambda actor, _data: done.append(actor.label), "Done", "/p/")
    monkeypatch.setattr("prm.notifications.acts._acts", {"test.act": act})
    with tenant_context(cast.tenant):
        [notice] = notify(TIER, to=[chief], data={}, partner_id=cast.partner.pk)
        token = act_link_make(notice, chief)
    results = at_once(cast, *[lambda: act_link_use(token=token)] * TIMES)
    refused = [one for one in results if isinstance(one, DomainError)]
    assert (len(refused), {one.code for one in refused}, done) == (3, {"link_used"}, [chief.email])
    with tenant_context(cast.tenant):
        assert ActLink.objects.get().used_at is not None


def test_reading_all_twice_at_once_reads_it_once(cast: Cast, chief: User) -> None:
    told(cast, chief, 3)
    reader = cast.partner_administrator
    read = at_once(cast, *[lambda: notices_read(actor=reader)] * 2)
    assert sum(read) == 3
