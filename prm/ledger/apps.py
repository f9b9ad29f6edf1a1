from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "prm.ledger"
    label = "ledger"
