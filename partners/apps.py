from importlib import import_module

from django.apps import AppConfig

AT_START = (
    "partners.acts",
    "partners.handlers",
    "partners.notices",
    "partners.metrics.own",
    "partners.commitments",
    "partners.selectors.endings",
    "partners.selectors.ending_effects",
    "partners.first_deals",
    "partners.exit_checks",
    "partners.own_data_parts",
    "partners.notices.recruitment",
)
"""Modules that register something when they are imported."""


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        from prm.workflow.machines import collect

        collect("partners.states")
        for name in AT_START:
            import_module(name)
