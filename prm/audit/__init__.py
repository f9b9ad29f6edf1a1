"""The audit trail. `prm.audit.services.record` writes it, in the transaction of the change it tells of."""
