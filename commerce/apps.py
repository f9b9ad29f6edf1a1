from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        for name in ("commerce.handlers", "commerce.metrics", "commerce.own_data"):
            if find_spec(name):
                import_module(name)
