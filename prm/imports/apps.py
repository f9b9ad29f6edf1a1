from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class ImportsConfig(AppConfig):
    name = "prm.imports"
    label = "imports"

    def ready(self) -> None:
        import_module("prm.imports.handlers")
        for config in apps.get_app_configs():
            name = f"{config.name}.imports"
            if config.name != "prm.imports" and "." not in config.name and find_spec(name):
                import_module(name)
