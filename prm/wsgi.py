import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings.production")
application = get_wsgi_application()

from prm.tenancy.checks import require_powerless_role  # noqa: E402 (needs the applications)

require_powerless_role()
