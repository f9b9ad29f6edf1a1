from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"

    def ready(self) -> None:
        import_module("partners.notices.recruitment")
        if find_spec("partners.handlers"):
            import_module("partners.handlers")
