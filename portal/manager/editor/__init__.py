"""The program form: its fields and rows, read from a document or a post, written back as a document.

The engine is the judge of what a program may say. Its faults carry JSON paths; `places` find the field again.
"""

from .editor import ProgramEditor

__all__ = ["ProgramEditor"]
