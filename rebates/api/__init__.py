"""The REST API of programs and money: adapters over the selectors and services of this app, nothing decided here."""
