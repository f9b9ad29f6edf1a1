"""What this app tells people: a module for each part of a partner's life."""

from partners.notices import agreements

__all__ = ["agreements"]
