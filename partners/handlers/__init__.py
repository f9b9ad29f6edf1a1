"""What this app does when others announce something: a module for each part of a partner's life."""

from partners.handlers import agreements

__all__ = ["agreements"]
