from importlib import import_module

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        for room in ("handlers", "notices", "metrics.own", "commitments", "export_kinds"):
            import_module(f"partners.{room}")
