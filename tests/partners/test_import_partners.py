"""Partners, products and rates from files: tier histories, contradictions, changes with a way back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db import transaction

from commerce.models import ExchangeRate, Product
from partners.models import Partner, TierChange, TierEvaluation
from prm.audit.models import AuditEntry
from prm.errors import Conflict
from prm.imports.models import Import, ImportChange
from prm.imports.services import import_undo
from prm.testing.importing import SALES, Importer, counts, faults
from prm.testing.make import Cast
from tests.partners.ladder import SILVER, document, evaluate, held, more, on, publish, stays, tier

HEADER = "code,name,type,region,country,legal_name,tags,tier,tier_from"


def partners(importer: Importer, *rows: str, **options: object):
    return importer.now("partners", "\n".join([HEADER, *rows]), **options)


def tiers(code: str) -> list[tuple[str, str]]:
    rows = TierChange.objects.filter(partner__code=code).order_by("valid_from")
    return [(row.valid_from.isoformat(), row.tier) for row in rows]


def test_rows_of_one_code_are_its_tier_history(importer: Importer) -> None:
    result = partners(
        importer,
        "C,Gamma,reseller,East,CN,Gamma Ltd,b; a ;b,,",
        "C,Gamma,reseller,East,CN,Gamma Ltd,a;b,silver,",
        "C,Gamma,reseller,East,CN,Gamma Ltd,a;b,gold,2026-04-01",
        "C,Gamma,reseller,East,CN,Gamma Ltd,a;b,,2026-07-01",
        "C,Gamma,reseller,East,CN,Gamma Ltd,a;b,gold,2026-04-01",
        "C,Gamma,reseller,East,CN,Gamma Ltd,a;b,bronze,2026-04-01",
        "C,Other,reseller,East,CN,Gamma Ltd,a;b,gold,2026-10-01",
    )
    assert faults(result) == [(7, "tier", "contradicts_row"), (8, "name", "contradicts_row")]
    assert counts(result) == (7, 4, 1, 2)
    partner = Partner.objects.get(code="C")
    assert (partner.name, partner.legal_name, partner.tags, partner.status) == (
        "Gamma",
        "Gamma Ltd",
        ["a", "b"],
        "active",
    )
    assert tiers("C") == [("0001-01-01", "silver"), ("2026-04-01", "gold"), ("2026-07-01", "")]


def test_the_same_file_again_is_skipped_and_new_tiers_are_added(importer: Importer) -> None:
    rows = ["C,Gamma,reseller,East,CN,Gamma Ltd,a,silver,", "D,Delta,reseller,East,CN,,,,"]
    assert counts(partners(importer, *rows)) == (2, 2, 0, 0)
    assert counts(partners(importer, *rows)) == (2, 0, 2, 0)
    more = partners(importer, *rows, "C,Gamma,reseller,East,CN,,,gold,2026-04-01")
    assert faults(more) == [(4, "legal_name", "contradicts_row")]
    more = partners(importer, "C,Gamma,reseller,East,CN,,,gold,2026-04-01")
    assert counts(more) == (1, 1, 0, 0)
    assert tiers("C") == [("0001-01-01", "silver"), ("2026-04-01", "gold")]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("C,Gamma,reseller,East,XX,,,,", "country", "unknown_country"),
        ("C,Gamma,reseller,East,cn,,,,", "country", "unknown_country"),
        ("C,,reseller,East,CN,,,,", "name", "required"),
        ("C,Gamma,reseller,East,CN,,,gold,2026-02-30", "tier_from", "no_such_day"),
        (f"C,Gamma,reseller,East,CN,,{'t' * 101},,", "tags", "too_many_tags"),
        ("C" * 65 + ",Gamma,reseller,East,CN,,,,", "code", "too_long"),
    ],
)
def test_faulty_cells_are_refused(importer: Importer, row: str, column: str, code: str) -> None:
    assert faults(partners(importer, row)) == [(2, column, code)]
    assert set(Partner.objects.values_list("code", flat=True)) == {"A", "B", "P-1", "P-2"}


def test_what_exists_otherwise_is_refused_unless_it_may_be_changed(importer: Importer) -> None:
    changed = ["A,Alpha 2,reseller,East,CN,,,silver,", "A,Alpha 2,reseller,East,CN,,,gold,2026-01-01"]
    result = partners(importer, *changed)
    assert faults(result) == [(2, "name", "differs"), (3, "name", "differs")]
    assert (Partner.objects.get(code="A").name, tiers("A")) == ("Alpha", [("0001-01-01", "gold")])
    tier = partners(importer, "A,Alpha,reseller,East,CN,,,silver,")
    assert faults(tier) == [(2, "tier", "differs")]
    result = partners(importer, *changed, update_existing=True)
    assert counts(result) == (2, 2, 0, 0)
    assert (Partner.objects.get(code="A").name, Partner.objects.get(code="A").tags) == ("Alpha 2", [])
    assert tiers("A") == [("0001-01-01", "silver"), ("2026-01-01", "gold")]


def test_an_undo_brings_back_what_was(importer: Importer) -> None:
    before = list(Partner.objects.order_by("code").values())
    run = importer.run(
        "partners",
        f"{HEADER}\nA,Alpha 2,reseller,East,CN,Alpha Inc,x;y,silver,\nN,New,reseller,East,CN,,,gold,2026-01-01\n",
        update_existing=True,
    )
    assert counts(run) == (2, 2, 0, 0)
    assert ImportChange.objects.filter(import_run=run).count() == 4
    import_undo(actor=importer.actor, import_id=run.pk)
    assert list(Partner.objects.order_by("code").values()) == before
    assert tiers("A") == [("0001-01-01", "gold")]


def test_an_undo_over_a_later_change_is_refused(importer: Importer) -> None:
    run = importer.run("products", "sku,name,line,category\nX1,Renamed,Road,Bikes\n", update_existing=True)
    assert counts(run) == (1, 1, 0, 0)
    Product.objects.filter(sku="X1").update(name="By hand")
    with pytest.raises(Conflict, match="changed again"), transaction.atomic():
        import_undo(actor=importer.actor, import_id=run.pk)
    assert Product.objects.get(sku="X1").name == "By hand"


def test_an_undo_of_what_is_in_use_is_refused(importer: Importer) -> None:
    run = importer.run("products", "sku,name,line,category\nX3,Third,Road,Bikes\n")
    importer.sales("1,A,X3,2026-01-05,1,1,CNY")
    with pytest.raises(Conflict, match="refers to rows"), transaction.atomic():
        import_undo(actor=importer.actor, import_id=run.pk)
    assert Product.objects.filter(sku="X3").exists()


def test_products(importer: Importer) -> None:
    header = "sku,name,line,category,brand,unit_cost"
    result = importer.now(
        "products", "\n".join([header, "P1,One,L,C,,-1", "P2,Two,L,C,B,1.5", "P2,Two,L,C,B,1.50", "P2,Two,L,C,B,2"])
    )
    assert faults(result) == [(2, "unit_cost", "not_negative"), (5, "unit_cost", "contradicts_row")]
    assert counts(result) == (4, 1, 1, 2)
    assert counts(importer.now("products", "sku,name,line,category\nP2,Two,L,C\n")) == (1, 0, 1, 0)
    assert Product.objects.get(sku="P2").unit_cost == D("1.5")


def test_rates(importer: Importer) -> None:
    header = "date,from_currency,to_currency,rate"
    rows = [
        "2026-01-01,USD,CNY,7.123456789012345",
        "2026-01-01,USD,CNY,7.2",
        "2026-01-02,USD,CNY,-1",
        "2026-01-03,USD,CNY,0",
        "2026-01-04,USD,USD,1",
        "2026-01-05,USD,ZZZ,1",
        "2026-01-01,USD,CNY,7.1234567890123450",
    ]
    result = importer.now("rates", "\n".join([header, *rows]))
    assert faults(result) == [
        (3, "rate", "contradicts_row"),
        (4, "rate", "positive"),
        (5, "rate", "positive"),
        (6, "to_currency", "same_currency"),
        (7, "to_currency", "unknown_currency"),
    ]
    assert counts(result) == (7, 1, 1, 5)
    rate = ExchangeRate.objects.get()
    assert (rate.rate, rate.valid_from) == (D("7.123456789012345"), dt.date(2026, 1, 1))
    assert faults(importer.now("rates", f"{header}\n2026-01-01,USD,CNY,8\n")) == [(2, "rate", "differs")]
    run = importer.run("rates", f"{header}\n2026-01-01,USD,CNY,8\n", update_existing=True)
    assert ExchangeRate.objects.get().rate == 8
    import_undo(actor=importer.actor, import_id=run.pk)
    assert ExchangeRate.objects.get().rate == D("7.123456789012345")


def test_the_trail_says_that_tiers_came_by_an_import(importer: Importer) -> None:
    rows = ["C,Gamma,reseller,East,CN,,,gold,2026-01-01", "C,Gamma,reseller,East,CN,,,silver,2026-02-01"]
    run = importer.run("partners", "\n".join([HEADER, *rows]))
    entry = AuditEntry.objects.get(action="partners.tier.imported")
    assert (entry.target_id, entry.data["tiers"]) == (str(run.pk), 2)
    importer.run("partners", f"{HEADER}\nC,Gamma,reseller,East,CN,,,silver,2026-02-01\n")
    assert AuditEntry.objects.filter(action="partners.tier.imported").count() == 1, "nothing changed"


def test_an_undo_of_partners_whose_tiers_were_evaluated_says_why_not(importer: Importer, cast: Cast) -> None:
    publish(cast.administrator, document(SILVER))
    row = "N,New,reseller,East,CN,,,,\n"
    import_undo(actor=importer.actor, import_id=partners_run(importer, row).pk)
    assert not Partner.objects.filter(code="N").exists(), "nobody has looked yet"
    run = partners_run(importer, row)
    evaluate()
    with pytest.raises(Conflict, match="evaluations are kept") as refused, transaction.atomic():
        import_undo(actor=importer.actor, import_id=run.pk)
    assert refused.value.code == "tiers_evaluated"
    assert Partner.objects.filter(code="N").exists()


def test_an_undo_of_imported_tiers_and_sales_goes_on_after_an_evaluation(importer: Importer, cast: Cast) -> None:
    publish(cast.administrator, document(SILVER, tier("gold", more("revenue", "1000"))))
    partner = Partner.objects.get(code="B")
    with on("2026-03-10"):
        sales = importer.run("sales", f"{SALES}\n1,B,X1,2026-03-01,1,500,CNY\n")
        evaluate(partner)
        assert held(partner.pk).tier == "silver"
        run = partners_run(importer, "B,Beta,reseller,West,US,,,gold,2026-03-10\n")
        assert stays_after(partner) == [("silver", "ended"), ("gold", "at_risk")]
        import_undo(actor=importer.actor, import_id=run.pk)
        assert stays_after(partner) == [("silver", "ended"), ("gold", "ended"), ("silver", "active")]
        import_undo(actor=importer.actor, import_id=sales.pk)
        assert stays_after(partner)[-1] == ("silver", "at_risk")
        assert TierEvaluation.objects.filter(partner=partner).count() == 2


def partners_run(importer: Importer, row: str) -> Import:
    return importer.run("partners", f"{HEADER}\n{row}", update_existing=True)


def stays_after(partner: Partner) -> list[tuple[str, str]]:
    evaluate(partner)
    return stays(partner.pk)
