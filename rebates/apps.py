from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

AT_START = ("rebates.handlers", "rebates.own_data", "rebates.exit_checks")


class RebatesConfig(AppConfig):
    name = "rebates"

    def ready(self) -> None:
        from prm.workflow.machines import collect

        collect("rebates.states")
        for name in AT_START:
            if find_spec(name):
                import_module(name)
