"""Agreements on the vendor's surface: list and detail, drafts, acts, templates, who has none."""
