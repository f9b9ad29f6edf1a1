from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "prm.identity"
    label = "identity"

    def ready(self) -> None:
        from prm.identity import handlers, notices  # noqa: F401 (subscribes, registers)
