from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

AT_START = [
    "portal.handlers",
    "portal.shared.metric_drills",
    *(f"portal.{surface}.navigation" for surface in ("partner", "manager", "finance", "shared")),
]


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        for name in AT_START:
            if find_spec(name):
                import_module(name)
