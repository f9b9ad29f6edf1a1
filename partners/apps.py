from importlib import import_module

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        for name in ("notices", "handlers"):
            import_module(f"partners.{name}")
        for room in ("handlers", "notices"):
            import_module(f"partners.{room}")
        import_module("partners.metrics.own")
        import_module("partners.commitments")
