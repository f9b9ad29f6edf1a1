"""The one tree of errors that services raise. Pages, API and commands translate; services know no HTTP types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """Something the caller asked for cannot be done.

    `code` is stable and machine-readable, `message` is in the reader's language, `status` the HTTP status an adapter
    answers with, `fields` maps input names to messages, `retryable` tells whether the same call may succeed later.
    """

    code: str = "error"
    status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False
    default_message: ClassVar[Text] = _("This could not be done.")

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Sequence[Text]] | None = None,
    ) -> None:
        self.message: Text = message if message is not None else self.default_message
        self.code = code or type(self).code
        self.fields: dict[str, list[Text]] = {name: list(texts) for name, texts in (fields or {}).items()}
        super().__init__(str(self.message))


class NotFound(DomainError):
    """Unknown, or of another tenant or partner: both look the same from outside."""

    code = "not_found"
    status = 404
    default_message = _("This does not exist, or you have no access to it.")


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    default_message = _("Your role does not allow this.")


class Invalid(DomainError):
    code = "invalid"
    status = 422
    default_message = _("Please check what you entered.")


class Conflict(DomainError):
    code = "conflict"
    status = 409
    default_message = _("Somebody else changed this in the meantime. Load the page again.")


class StateError(Conflict):
    code = "wrong_state"
    default_message = _("This is not possible in the present state.")


class TooLarge(DomainError):
    code = "too_large"
    status = 413
    default_message = _("This is too large.")


class Unavailable(DomainError):
    code = "unavailable"
    status = 503
    retryable = True
    default_message = _("This service is not available at the moment. Please try again.")
