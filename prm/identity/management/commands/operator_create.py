from __future__ import annotations

import getpass
import os
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from prm.identity.models import User


class Command(BaseCommand):
    help = "Make an account for an operator of the platform (/ops/), or give an existing one that right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        with transaction.atomic():
            user = User.objects.filter(email=email.strip().lower()).first() or self._new(email, name)
            user.is_staff = user.is_superuser = True
            user.save(update_fields=["is_staff", "is_superuser"])
            EmailAddress.objects.update_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )
        self.stdout.write(f"{user.email} may sign in at /ops/ on the platform's own host. Add a second factor first.")

    def _new(self, email: str, name: str) -> User:
        """The password comes from PRM_OPERATOR_PASSWORD or the terminal, never from the command line."""
        password = os.environ.get("PRM_OPERATOR_PASSWORD") or getpass.getpass("Password: ")
        user = User(email=email.strip().lower(), name=name)
        try:
            user.full_clean(exclude=["password"])
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save(force_insert=True)
        return user
