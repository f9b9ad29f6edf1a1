"""The tests: as local, with a fast password hasher, mail in memory and static files unhashed."""

import os

from prm.local import testing

# Before anything reads an address: a database and a Redis number of this process's own, whatever DATABASE_URL says.
testing.environment()

from prm.settings.local import *  # noqa: E402, F403
from prm.settings.local import CELERY_BROKER_TRANSPORT_OPTIONS, REST_FRAMEWORK, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {
    "visibility_timeout": int(os.environ.get("PRM_VISIBILITY_TIMEOUT", "5")),
}
REST_FRAMEWORK = REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"key": "100000/min"}}
