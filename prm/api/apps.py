from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "prm.api"
    label = "api"

    def ready(self) -> None:
        from prm.api import openapi  # noqa: F401 (registers the security schemes with drf-spectacular)
