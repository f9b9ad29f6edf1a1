"""`python -m prm.testing.audit`: the tenancy audit on a freshly migrated scratch database."""

import os


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "prm.settings.test"
    import django

    django.setup()
    from django.core.management import call_command

    from prm.testing.database import scratch_database

    with scratch_database():
        call_command("tenancy_audit")


if __name__ == "__main__":
    main()
