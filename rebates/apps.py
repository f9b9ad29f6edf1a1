from importlib import import_module

from django.apps import AppConfig

AT_START = (
    "rebates.handlers",
    "rebates.losses",
    "rebates.own_data",
    "rebates.notices",
    "rebates.acts",
    "rebates.tiers",
    "rebates.exit_checks",
    "rebates.commitments",
)
"""Modules that register something when they are imported."""


class RebatesConfig(AppConfig):
    name = "rebates"

    def ready(self) -> None:
        from prm.workflow.machines import collect

        collect("rebates.states")
        for name in AT_START:
            import_module(name)
