"""The REST API of partner companies: adapters over the selectors and services of this app, nothing decided here."""
