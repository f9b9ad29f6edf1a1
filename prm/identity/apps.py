from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "prm.identity"
    label = "identity"
