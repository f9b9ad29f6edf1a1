#!/usr/bin/env python
"""Django's command line; `up`, `services` and `clean` run before, and without, Django."""

import os
import sys

BEFORE_DJANGO = {"up", "services", "clean"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings.local")
    if sys.argv[1:2] and sys.argv[1] in BEFORE_DJANGO:
        from prm.local.cli import main as local_main

        sys.exit(local_main(sys.argv[1:]))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
