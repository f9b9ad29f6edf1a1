"""Behind TLS, on real servers. Every address and secret must be given; demo data is refused."""

from prm.settings.base import *  # noqa: F403
from prm.settings.base import PRM_BASE_DOMAIN, configure, env

globals().update(
    configure(
        database_url=env.str("DATABASE_URL"),
        owner_url=env.str("DATABASE_OWNER_URL", env.str("DATABASE_URL")),
        worker_url=env.str("DATABASE_WORKER_URL", env.str("DATABASE_URL")),
        redis_url=env.str("REDIS_URL"),
    )
)

SECRET_KEY = env.str("PRM_SECRET_KEY")
# Fernet keys, the newest first: it seals account numbers, the others still open what they sealed.
PRM_SEALING_KEYS = env.list("PRM_SEALING_KEYS")
ALLOWED_HOSTS = [f".{PRM_BASE_DOMAIN}"]
PRM_DEMO_ALLOWED = False

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_HTTPONLY = False
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_NAME = "__Host-language"

PRM_PASSKEY_DOMAIN = PRM_BASE_DOMAIN
# How many reverse proxies append to X-Forwarded-For; rate limits and the list of sessions need the client's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PRM_TRUSTED_PROXIES", 1)

globals().update(env.email_url("EMAIL_URL"))
