from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class RebatesConfig(AppConfig):
    name = "rebates"

    def ready(self) -> None:
        import_module("rebates.commitments")
        if find_spec("rebates.handlers"):
            import_module("rebates.handlers")
        import_module("rebates.tiers")
