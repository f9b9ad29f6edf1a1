"""Transactional outbox: `emit` in the transaction of the change, handlers later, each exactly once in effect."""
