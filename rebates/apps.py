from importlib import import_module

from django.apps import AppConfig


class RebatesConfig(AppConfig):
    name = "rebates"

    def ready(self) -> None:
        for name in ("handlers", "notices", "acts"):
            import_module(f"rebates.{name}")
