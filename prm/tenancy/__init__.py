"""Tenants: who they are, how code enters one, and the audit that nothing leaks between them."""
