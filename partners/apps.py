from importlib import import_module

from django.apps import AppConfig

AT_START = (
    "partners.metrics.own",
    "partners.handlers",
    "partners.notices",
    "partners.exit_checks",
    "partners.own_data_parts",
    "partners.lifecycle_tasks",
)


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        from prm.workflow.machines import collect

        collect("partners.states")
        for name in AT_START:
            import_module(name)
