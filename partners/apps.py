from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

AT_START = (
    "partners.handlers",
    "partners.notices",
    "partners.metrics.own",
    "partners.selectors.endings",
    "partners.exit_checks",
    "partners.own_data_parts",
)
"""Modules that register something when they are imported."""
LISTENING = ("handlers", "notices")


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        from prm.workflow.machines import collect

        collect("partners.states")
        for name in AT_START:
            if find_spec(name):
                import_module(name)
        import_module("partners.notices.recruitment")
        if find_spec("partners.handlers"):
            import_module("partners.handlers")
        for room in LISTENING:
            if find_spec(f"partners.{room}"):
                import_module(f"partners.{room}")
