from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        if find_spec("portal.handlers"):
            import_module("portal.handlers")
