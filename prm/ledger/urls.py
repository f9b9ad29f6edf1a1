"""Addresses of the books below /api/v1/."""

from __future__ import annotations

from django.urls import path

from prm.ledger import api

urlpatterns = [
    path("book-locks/", api.BookLocks.as_view(), name="book-locks"),
    path("book-locks/<uuid:lock_id>/confirm/", api.BookLockConfirm.as_view(), name="book-lock-confirm"),
    path("book-locks/<uuid:lock_id>/refuse/", api.BookLockRefuse.as_view(), name="book-lock-refuse"),
]
