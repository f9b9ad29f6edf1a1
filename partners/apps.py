from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

LISTENING = ("handlers", "notices")


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        for room in LISTENING:
            if find_spec(f"partners.{room}"):
                import_module(f"partners.{room}")
