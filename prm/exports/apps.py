from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class ExportsConfig(AppConfig):
    name = "prm.exports"
    label = "exports"

    def ready(self) -> None:
        import_module("prm.exports.handlers")
        for config in apps.get_app_configs():
            name = f"{config.name}.export_kinds"
            if "." not in config.name and find_spec(name):
                import_module(name)
