"""`make up` on one machine: embedded servers unless the environment names others, plain HTTP, mail into files."""

from prm.local.services import addresses
from prm.settings.base import *  # noqa: F403
from prm.settings.base import STORAGES, VAR_DIR, configure, env

_here = addresses()
globals().update(
    configure(
        database_url=env.str("DATABASE_URL", _here.database_url),
        owner_url=env.str("DATABASE_OWNER_URL", _here.database_owner_url),
        worker_url=env.str("DATABASE_WORKER_URL", _here.database_worker_url),
        redis_url=env.str("REDIS_URL", _here.redis_url),
    )
)

SECRET_KEY = env.str("PRM_SECRET_KEY", "local-only-" + "0" * 50)
PRM_SEALING_KEYS = env.list("PRM_SEALING_KEYS", default=["local-only-" + "0" * 32 + "="])
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "prm.web.storage.PlainStaticStorage"}}
ALLOWED_HOSTS = [".localhost", "localhost", "127.0.0.1", "[::1]"]
PRM_DEMO_PASSWORD = env.str("PRM_DEMO_PASSWORD", "demo-demo-demo")
PRM_DEMO_ALLOWED = True
PRM_PUBLIC_SCHEME = "http"
PRM_PUBLIC_PORT = env.str("PORT", "8000")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
PRM_MAIL_CATCHER = True
if "EMAIL_URL" in env:
    # Mails leave for real, or go to a catcher of your own such as smtp://localhost:1025.
    globals().update(env.email_url("EMAIL_URL"))
    PRM_MAIL_CATCHER = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
