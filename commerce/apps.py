from importlib import import_module

from django.apps import AppConfig

AT_START = (
    "commerce.metrics",
    "commerce.own_data",
    "commerce.firsts",
)
"""Modules that register something when they are imported."""


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        for name in AT_START:
            import_module(name)
