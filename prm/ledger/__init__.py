"""The double-entry journal. `prm.ledger.services.post` writes, `prm.ledger.selectors` reads; nothing else may."""
