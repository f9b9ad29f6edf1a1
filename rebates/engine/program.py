"""A program: one incentive as its document says it, read strictly, written back canonically.

Unknown keys are refused everywhere. `null` stands for a key left out in `valid_from`, `valid_to`, `cap` and
`minimum_payout` only. What does not go together is refused at the path of the key that could be changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from prm.money import known_currency, plain

from .calculations import Calculation, Growth, NewCustomer, calculation_json, parse_calculation
from .conditions import TRUE, Condition, Test, condition_json, parse_condition, tests_of
from .periods import PeriodKind
from .qualifiers import Distinct, Mix, Qualifier, parse_qualifiers, qualifier_json
from .reading import Fault, Node, load_json

MEASURES = ("net_amount", "quantity", "margin")
LANGUAGES = ("en", "zh-hans")
RETURNS = ("restate", "at_sale_rate", "forward")
ACCUMULATE = ("period", "year_to_date")
PARTNER_AS_OF = ("sale", "period_end")
PAYOUT_FORMS = ("cash", "credit_note", "free_goods")
STACKING_RULES = ("stack", "best", "priority")
OTHERWISE = ("carry", "forfeit")

_REQUIRED = ("code", "currency", "period", "calculation")
_OPTIONAL = (
    "name", "valid_from", "valid_to", "scope", "measure", "qualifiers", "cap", "minimum_payout", "stacking", "returns",
    "accumulate", "partner_as_of", "payout",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cap:
    per_period: Decimal | None = None
    program_total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MinimumPayout:
    amount: Decimal
    otherwise: str = "carry"


@dataclass(frozen=True, slots=True)
class Stacking:
    group: str
    rule: str = "stack"
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """Everything an evaluation needs to know of a program. `valid_from` and `valid_to` are both included; None is
    open.
    """

    code: str
    currency: str
    period: PeriodKind
    calculation: Calculation
    stacking: Stacking
    name: tuple[tuple[str, str], ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    scope: Condition = TRUE
    measure: str = "net_amount"
    cap: Cap | None = None
    minimum_payout: MinimumPayout | None = None
    returns: str = "restate"
    accumulate: str = "period"
    partner_as_of: str = "sale"
    payout_form: str = "cash"
    qualifiers: tuple[Qualifier, ...] = ()

    @property
    def uses_money(self) -> bool:
        """False when no amount of a line counts, so that no exchange rate is needed."""
        return self.measure != "quantity" or self.first_order_in_money

    @property
    def first_order_in_money(self) -> bool:
        calculation = self.calculation
        return isinstance(calculation, NewCustomer) and calculation.min_first_order is not None

    @property
    def is_year_to_date(self) -> bool:
        return self.accumulate == "year_to_date"

    @property
    def mixes(self) -> tuple[Mix, ...]:
        return tuple(one for one in self.qualifiers if isinstance(one, Mix))

    @property
    def distincts(self) -> tuple[Distinct, ...]:
        return tuple(one for one in self.qualifiers if isinstance(one, Distinct))

    def tests(self) -> Iterator[Test]:
        """Every test of the scope, of the `when` of rates and of `mix` qualifiers."""
        for condition in (self.scope, *self.calculation.conditions(), *(one.scope for one in self.mixes)):
            yield from tests_of(condition)

    @property
    def knows_customers(self) -> bool:
        """Whether it matters which sale was a customer's first."""
        return (
            isinstance(self.calculation, NewCustomer)
            or any(test.field == "sale.new_customer" for test in self.tests())
            or any(one.field == "sale.new_customer" for one in self.distincts)
        )

    def name_in(self, language: str) -> str:
        """The name in this language, else in another, else the code."""
        names = dict(self.name)
        return names.get(language) or next(iter(names.values()), self.code)

    def to_json(self) -> dict[str, Any]:
        """The canonical document; `parse_program` of it gives an equal program."""
        document: dict[str, Any] = {
            "code": self.code,
            "name": dict(self.name),
            "currency": self.currency,
            "period": str(self.period),
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "scope": condition_json(self.scope),
            "measure": self.measure,
            "calculation": calculation_json(self.calculation),
            "qualifiers": [qualifier_json(one) for one in self.qualifiers],
            "cap": _cap_json(self.cap),
            "minimum_payout": _minimum_json(self.minimum_payout),
            "stacking": {"group": self.stacking.group, "rule": self.stacking.rule, "priority": self.stacking.priority},
            "returns": self.returns,
            "accumulate": self.accumulate,
            "partner_as_of": self.partner_as_of,
            "payout": {"form": self.payout_form},
        }
        return document


def parse_programs(source: str | bytes | Any) -> list[Program]:
    """The programs of a file (text) or of a document that is already decoded: a list with one entry per code.

    Raises `Fault` with the JSON path of the first thing that is wrong.
    """
    document = load_json(source) if isinstance(source, (str, bytes)) else source
    nodes = Node(document).items()
    programs = [parse_program(node) for node in nodes]
    _check_codes(programs, nodes)
    _check_groups(programs, nodes)
    return programs


def parse_program(source: Node | Any) -> Program:
    """One program from its object. Raises `Fault`."""
    node = source if isinstance(source, Node) else Node(source)
    members = node.object(_REQUIRED, _OPTIONAL)
    code = _parse_code(members["code"])
    valid_from, valid_to = _parse_validity(members)
    calculation = parse_calculation(members["calculation"])
    program = Program(
        code=code,
        currency=_parse_currency(members["currency"]),
        period=PeriodKind(members["period"].choice(tuple(PeriodKind))),
        calculation=calculation,
        stacking=_parse_stacking(members.get("stacking"), code),
        name=_parse_name(members.get("name")),
        valid_from=valid_from,
        valid_to=valid_to,
        scope=parse_condition(members["scope"]) if "scope" in members else TRUE,
        measure=_parse_measure(members, calculation),
        cap=_parse_cap(members.get("cap")),
        minimum_payout=_parse_minimum(members.get("minimum_payout")),
        returns=_choice(members, "returns", RETURNS),
        accumulate=_choice(members, "accumulate", ACCUMULATE),
        partner_as_of=_choice(members, "partner_as_of", PARTNER_AS_OF),
        payout_form=_parse_form(members.get("payout")),
        qualifiers=parse_qualifiers(members.get("qualifiers")),
    )
    _check_year_to_date(program, members)
    return program


def _check_year_to_date(program: Program, members: dict[str, Node]) -> None:
    """What can't be worked out as a year so far less what was earned before."""
    if not program.is_year_to_date:
        return
    calculation = program.calculation
    refused = calculation.type in ("line_rate", "spiff", "new_customer")
    if refused or (isinstance(calculation, Growth) and calculation.baseline == "previous_period"):
        members["accumulate"].fail("not_year_to_date", what=calculation.type)
    if program.stacking.rule == "best":
        members["accumulate"].fail("not_year_to_date", what="best")


def _parse_measure(members: dict[str, Node], calculation: Calculation) -> str:
    return members["measure"].choice(calculation.measures) if "measure" in members else calculation.measures[0]


def _parse_code(node: Node) -> str:
    code = node.text()
    if code != code.strip() or not code.isprintable():
        node.fail("bad_text")
    return code


def _parse_currency(node: Node) -> str:
    code = node.text()
    if not known_currency(code):
        node.fail("unknown_currency", currency=code)
    return code


def _parse_name(node: Node | None) -> tuple[tuple[str, str], ...]:
    if node is None:
        return ()
    members = node.object((), LANGUAGES)
    return tuple((language, members[language].text()) for language in LANGUAGES if language in members)


def _parse_validity(members: dict[str, Node]) -> tuple[date | None, date | None]:
    days: list[date | None] = []
    for key in ("valid_from", "valid_to"):
        node = members.get(key)
        days.append(None if node is None or node.is_null else node.day())
    if days[0] and days[1] and days[0] > days[1]:
        members["valid_to"].fail("ends_before_it_starts")
    return days[0], days[1]


def _choice(members: dict[str, Node], key: str, options: tuple[str, ...]) -> str:
    """One of the options, the first when the key is left out."""
    return members[key].choice(options) if key in members else options[0]


def _parse_form(node: Node | None) -> str:
    return PAYOUT_FORMS[0] if node is None else node.object(("form",))["form"].choice(PAYOUT_FORMS)


def _parse_stacking(node: Node | None, code: str) -> Stacking:
    if node is None:
        return Stacking(group=code)
    members = node.object((), ("group", "rule", "priority"))
    group = members["group"].text() if "group" in members else code
    priority = members["priority"].integer() if "priority" in members else 0
    return Stacking(group, _choice(members, "rule", STACKING_RULES), priority)


def _parse_cap(node: Node | None) -> Cap | None:
    if node is None or node.is_null:
        return None
    members = node.object((), ("per_period", "program_total"))
    cap = Cap(**{key: member.amount() for key, member in members.items()})
    return cap if members else None


def _parse_minimum(node: Node | None) -> MinimumPayout | None:
    if node is None or node.is_null:
        return None
    members = node.object(("amount",), ("otherwise",))
    return MinimumPayout(members["amount"].amount(), _choice(members, "otherwise", OTHERWISE))


def _cap_json(cap: Cap | None) -> dict[str, str] | None:
    if cap is None:
        return None
    members = (("per_period", cap.per_period), ("program_total", cap.program_total))
    return {key: plain(value) for key, value in members if value is not None}


def _minimum_json(minimum: MinimumPayout | None) -> dict[str, str] | None:
    return None if minimum is None else {"amount": plain(minimum.amount), "otherwise": minimum.otherwise}


def _check_codes(programs: Sequence[Program], nodes: Sequence[Node]) -> None:
    seen: set[str] = set()
    for program, node in zip(programs, nodes, strict=True):
        if program.code in seen:
            raise Fault(node.at("code"), "duplicate_code", code=program.code)
        seen.add(program.code)


def _check_groups(programs: Sequence[Program], nodes: Sequence[Node]) -> None:
    first: dict[str, Program] = {}
    for program, node in zip(programs, nodes, strict=True):
        check_group(program, [first.setdefault(program.stacking.group, program)], node.path)


def check_group(program: Program, others: Iterable[Program], path: str = "$") -> None:
    """Programs of one stacking group name the same rule; of a `best` group the same period, of a `priority` group the
    same `returns`. Raises `Fault` below the path of the program.
    """
    for other in others:
        group = other.stacking.group
        if group != program.stacking.group:
            continue
        if other.stacking.rule != program.stacking.rule:
            raise Fault(f"{path}.stacking.rule", "group_rules_differ", group=group, rule=other.stacking.rule)
        if program.stacking.rule == "best" and other.period != program.period:
            raise Fault(f"{path}.period", "group_periods_differ", group=group, period=str(other.period))
        if program.stacking.rule == "priority" and other.returns != program.returns:
            raise Fault(f"{path}.returns", "group_returns_differ", group=group, returns=other.returns)
