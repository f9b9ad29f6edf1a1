"""What time brings about in the lives of partners, and the work that rows ask for. One module for each topic."""

from importlib import import_module
from pkgutil import iter_modules

from partners import score_tasks, tier_tasks

__all__ = ["score_tasks", "tier_tasks"]

for _found in iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")
for _name in ("partners.score_tasks", "partners.tier_tasks"):
    import_module(_name)
