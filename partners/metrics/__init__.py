"""Figures about partners: what each means, who answers for it, and the SQL that gives it for all partners at once.

An app registers its metrics in its `AppConfig.ready()`; tiers, scorecards and reviews read all of them alike.
"""

from partners.metrics.registry import Drill, Metric, Sql, Unit, drill_of, metric, metrics, register, register_drill
from partners.metrics.values import Asked, Value, values, values_sql
from partners.metrics.windows import Window, WindowKind, WindowSpec

__all__ = [
    "Asked", "Drill", "Metric", "Sql", "Unit", "Value", "Window", "WindowKind", "WindowSpec", "drill_of", "metric",
    "metrics", "register", "register_drill", "values", "values_sql",
]  # fmt: skip
