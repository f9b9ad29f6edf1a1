from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        if find_spec("commerce.handlers"):
            import_module("commerce.handlers")
        import_module("commerce.metrics")
        import_module("commerce.firsts")
