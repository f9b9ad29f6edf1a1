"""The statement on paper: both languages, words for the total, what is disputed, the same bytes."""

from __future__ import annotations

import re
import shutil
import subprocess
from decimal import Decimal

import pytest
import time_machine

from prm.documents.paper import Paper
from prm.errors import NotFound
from prm.identity.rights import Role
from rebates.models import Statement, StatementLine
from rebates.services.decisions import dispute_decide
from rebates.services.disputes import dispute_open
from rebates.services.periods import period_close
from rebates.services.reviews import reviews_lapse, statement_agree
from rebates.services.statements import statement_approve
from rebates.statement_pdf import statement_pdf
from tests.rebates.test_reviews import windows

pytestmark = pytest.mark.django_db
READER = shutil.which("pdftotext")


@pytest.fixture
def reviewed(world):
    """Partner A's statement over 1005.30 in review."""
    world.published("P1", calculation={"type": "marginal", "bands": [{"from": "0", "rate": "0.02"}]})
    world.partner("A", name="喆安科技", legal_name="深圳喆安科技有限公司")
    world.sale("A", "2026-07-01", "50265")
    windows(world)
    world.first, world.second = world.actor(Role.FINANCE, "first"), world.actor(Role.FINANCE, "second")
    world.people = world.actor(Role.PARTNER_FINANCE, "a", world.partner("A"))
    with time_machine.travel("2026-10-02T01:00:00Z", tick=True):
        world.update()
        period_close(actor=world.first, kind="quarter", key="2026-Q3")
        statement_approve(actor=world.second, statement_ids=list(Statement.objects.values_list("pk", flat=True)))
        yield world


@pytest.fixture
def written(monkeypatch):
    """What is put on the paper, in order."""
    said: list[str] = []
    cell, block = Paper.cell, Paper.block

    def kept_cell(self, width, height, text="", **options):
        said.append(text)
        return cell(self, width, height, text, **options)

    def kept_block(self, x, width, text, step):
        said.append(text)
        return block(self, x, width, text, step)

    monkeypatch.setattr(Paper, "cell", kept_cell)
    monkeypatch.setattr(Paper, "block", kept_block)
    return said


def paper_of(actor, language="en"):
    return statement_pdf(actor, Statement.objects.get().pk, language)


def test_in_english(reviewed, written):
    document = paper_of(reviewed.people)
    assert document.name == "R-000001-A-2026-Q3.pdf"
    assert document.content.startswith(b"%PDF-")
    for wanted in (
        "Acme", "Rebate statement", "R-000001", "深圳喆安科技有限公司", "2026-Q3 (2026-07-01 – 2026-09-30)",
        "Program P1 (P1 v1)", "$50,265.00", "$1,005.30", "first@acme.test 2026-10-02", "second@acme.test 2026-10-02",
        "In review until", "2026-10-12",
    ):  # fmt: skip
        assert wanted in written, wanted
    assert not any("元" in text for text in written)


def test_in_chinese_with_the_total_in_words(reviewed, written):
    paper_of(reviewed.first, "zh-hans")
    assert "美元壹仟零伍元叁角整" in written
    assert "计划P1 (P1 v1)" in written
    assert "Rebate statement" not in written


def test_what_is_disputed_and_what_is_payable(reviewed, written):
    line = StatementLine.objects.get()
    dispute = dispute_open(
        actor=reviewed.people, line_id=line.pk, reason="other", claimed=Decimal(1100), text="More was sold."
    )
    paper_of(reviewed.people)
    assert any(text.endswith("Disputed (D-00001): held back until it is decided.") for text in written)
    assert written[written.index("Held back while disputed") + 1] == "-$1,005.30"
    assert written[written.index("Undisputed part") + 1] == "$0.00"
    statement_agree(actor=reviewed.people, statement_id=line.statement_id)
    dispute_decide(actor=reviewed.first, dispute_id=dispute.pk, decision="accepted", outcome="our_error")
    written.clear()
    paper_of(reviewed.people)
    assert "Undisputed part" not in written
    assert "a@acme.test 2026-10-02" in written


def test_an_adjustment_says_its_cause(reviewed, written):
    dispute = dispute_open(
        actor=reviewed.people,
        line_id=StatementLine.objects.get().pk,
        reason="other",
        claimed=Decimal(1100),
        text="More",
    )
    dispute_decide(actor=reviewed.first, dispute_id=dispute.pk, decision="accepted", outcome="our_error")
    with time_machine.travel("2027-01-04T01:00:00Z", tick=True):
        period_close(actor=reviewed.first, kind="quarter", key="2026-Q4")
        statement = Statement.objects.get(period__key="2026-Q4")
        statement_pdf(reviewed.first, statement.pk, "en")
    assert "Adjustment of 2026-Q3. Cause: a dispute that was accepted." in written


def test_the_same_statement_is_the_same_bytes_and_another_state_is_not(reviewed):
    first = paper_of(reviewed.people).content
    with time_machine.travel("2026-10-13T01:00:00Z", tick=True):
        assert paper_of(reviewed.first).content == first
        assert paper_of(reviewed.first, "zh-hans").content != first
        reviews_lapse(actor=reviewed.system)
        assert paper_of(reviewed.first).content != first


def test_nobody_reads_another_partners(reviewed):
    with pytest.raises(NotFound):
        paper_of(reviewed.actor(Role.PARTNER_FINANCE, "b", reviewed.partner("B")))


def test_forty_lines_go_on_to_the_next_page_under_the_same_heads(reviewed, written):
    statement = Statement.objects.get()
    first = StatementLine.objects.get()
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement, version=first.version, kind="rebate", period_key="2026-Q3", measure=1, amount=1
        )
        for _ in range(40)
    )
    content = paper_of(reviewed.people).content
    pages = len(re.findall(rb"/Type /Page\b", content))
    assert pages > 1
    assert written.count("Counted") >= 2


@pytest.mark.skipif(READER is None, reason="poppler is not installed")
def test_viewers_read_the_characters(reviewed, tmp_path):
    path = tmp_path / "statement.pdf"
    path.write_bytes(paper_of(reviewed.people, "zh-hans").content)
    read = subprocess.run([READER, "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    assert "深圳喆安科技有限公司" in read
    assert "美元壹仟零伍元叁角整" in read
