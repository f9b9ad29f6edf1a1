"""Settings of every environment. Values come from the environment through typed readers that fail loudly."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from psycopg2.extensions import parse_dsn
from redis.backoff import NoBackoff
from redis.retry import Retry

from prm.web import conf as web

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.FileAwareEnv()
VAR_DIR = Path(env.str("PRM_VAR_DIR", str(BASE_DIR / "var")))


def database(url: str, **options: Any) -> dict[str, Any]:
    """A DATABASES entry from a libpq URL, which may name a socket directory as its host."""
    dsn = parse_dsn(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": dsn["dbname"],
        "USER": dsn.get("user", ""),
        "PASSWORD": dsn.get("password", ""),
        "HOST": dsn.get("host", ""),
        "PORT": dsn.get("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {key: dsn[key] for key in ("sslmode", "sslrootcert") if key in dsn} | options,
        # Row security would show an earlier query's tenant to a server-side cursor that outlives its transaction.
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "TEST": {"DEPENDENCIES": [], "MIGRATE": False},
    }


DEBUG = False
ALLOWED_HOSTS: list[str] = []
PRM_BASE_DOMAIN = env.str("PRM_BASE_DOMAIN", "localhost")
ROOT_URLCONF = "prm.urls"
WSGI_APPLICATION = "prm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "prm.tenancy",
    "prm.identity",
    "prm.audit",
    "prm.outbox",
    "prm.notifications",
    "prm.workflow",
    "prm.ledger",
    "prm.files",
    "prm.imports",
    "prm.exports",
    "prm.api",
    "prm.local",
    "partners",
    "commerce",
    "rebates",
    "portal",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    *web.WEB_APPS,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "prm.web.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "prm.files.middleware.UploadLimitMiddleware",
    "prm.api.middleware.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    web.CSP_MIDDLEWARE,
    web.HTMX_MIDDLEWARE,
    "prm.tenancy.middleware.TenantMiddleware",
    "prm.identity.middleware.MembershipMiddleware",
    "prm.web.domain_errors.DomainErrorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

TEMPLATES = web.templates(BASE_DIR)
FORM_RENDERER = web.FORM_RENDERER
CONTENT_SECURITY_POLICY = web.CONTENT_SECURITY_POLICY
CSRF_FAILURE_VIEW = web.CSRF_FAILURE_VIEW
DJANGO_TABLES2_TEMPLATE = web.DJANGO_TABLES2_TEMPLATE
DJANGO_TABLES2_PAGE_RANGE = web.DJANGO_TABLES2_PAGE_RANGE
MESSAGE_STORAGE = web.MESSAGE_STORAGE

# Languages and time
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = web.LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = web.FORMAT_MODULE_PATH
USE_THOUSAND_SEPARATOR = True

# Static files and uploads
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS: list[Path] = [path for path in [VAR_DIR / "assets"] if path.is_dir()]
MEDIA_ROOT = Path(env.str("PRM_MEDIA_ROOT", str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "prm.web.storage.StaticStorage"},
}
# Where signing services may be reached: over TLS only; `.name` allows every host below it.
PRM_SIGNING_HOSTS = env.list(
    "PRM_SIGNING_HOSTS", default=[".docusign.com", ".docusign.net", "openapi.esign.cn", "smlopenapi.esign.cn",
                                  "esignoss.esign.cn", "smlesignoss.esign.cn"],
)  # fmt: skip
# host:port without TLS, for tests against servers of their own.
PRM_SIGNING_PLAIN_HOSTS: list[str] = []
PRM_UPLOAD_MAX_BYTES = env.int("PRM_UPLOAD_MAX_BYTES", 300 * 1024 * 1024)
PRM_EXPORT_KEEP_DAYS = env.int("PRM_EXPORT_KEEP_DAYS", 30)
PRM_NOTICE_KEEP_DAYS = env.int("PRM_NOTICE_KEEP_DAYS", 400)
PRM_LEAKAGE_REPORTS_KEPT = env.int("PRM_LEAKAGE_REPORTS_KEPT", 24)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Sign-in
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "prm.identity.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
MFA_ADAPTER = "prm.identity.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Qudao"
MFA_FORMS = {
    "add_webauthn": "prm.identity.forms.AddPasskeyForm",
    "edit_webauthn": "prm.identity.forms.EditPasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = True
SESSION_ENGINE = "prm.identity.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# The address people reach us at, for links in mails, which no request is there to tell.
PRM_PUBLIC_SCHEME = env.str("PRM_PUBLIC_SCHEME", "https")
PRM_PUBLIC_PORT = env.str("PRM_PUBLIC_PORT", "")
# A passkey is bound to a domain; the base domain makes one passkey good for all vendors. Empty: each host its own.
PRM_PASSKEY_DOMAIN = ""
EMAIL_TIMEOUT = 20
# Pages that show every mail to everybody: `make up` only.
PRM_MAIL_CATCHER = False
DEFAULT_FROM_EMAIL = env.str("PRM_FROM_EMAIL", "Qudao <no-reply@localhost>")

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "prm.api.authentication.ApiKeyAuthentication",
        "prm.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["prm.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["prm.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "prm.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
    "DEFAULT_THROTTLE_CLASSES": ["prm.api.throttling.KeyThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": "600/min"},
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Qudao API",
    "DESCRIPTION": "Everything a vendor's systems need: partners, products, rates, sales, imports, programs, accruals, "
    "statements and settlements. The vendor is the host. Decimals are text, days are ISO 8601, instants UTC. Unknown "
    "members and parameters are refused. Errors are RFC 9457 problems.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "prm.api.openapi.share_problems",
    ],
    # Names of the sets that several fields share, or that share a field's name.
    "ENUM_NAME_OVERRIDES": {
        "PartnerStatus": "partners.states.partner.PartnerStatus",
        "AgreementStatus": "partners.states.agreements.AgreementStatus",
        "AgreementKind": "partners.states.agreements.AgreementKind",
        "EntitlementKind": "partners.states.agreements.EntitlementKind",
        "DisputeReason": "rebates.states.DisputeReason",
        "BulkVerb": "partners.states.bulk.BulkVerb",
        "BulkStatus": "partners.states.bulk.BulkStatus",
        "ExitReason": "partners.states.exits.ExitReason",
        "ExitStatus": "partners.states.exits.ExitStatus",
        "RenewalAdvice": "partners.states.renewals.RenewalAdvice",
        "RenewalStatus": "partners.states.renewals.RenewalStatus",
        "SuspensionReason": "partners.states.suspensions.SuspensionReason",
        "SuspensionScope": "partners.states.suspensions.SuspensionScope",
        "SuspensionStatus": "partners.states.suspensions.SuspensionStatus",
        "ImportStatus": "prm.imports.models.ImportStatus",
        "ExportStatus": "prm.exports.models.ExportStatus",
        "FileFormat": "prm.exports.models.FileFormat",
        "ProgramStatus": "rebates.states.ProgramStatus",
        "LeakCause": "rebates.states.LeakCause",
        "UnpaidCause": "rebates.states.UnpaidCause",
        "VersionStatus": "rebates.states.VersionStatus",
        "RunStatus": "prm.runs.states.RunStatus",
        "PeriodKind": "rebates.states.PeriodKind",
        "PeriodStatus": "rebates.states.PeriodStatus",
        "StatementStatus": "rebates.states.StatementStatus",
        "StatementLineKind": "rebates.states.StatementLineKind",
        "SettlementStatus": "rebates.states.SettlementStatus",
        "PaymentStatus": "rebates.states.PaymentStatus",
        "BankResultStatus": "rebates.states.BankResultStatus",
        "BankResultFormat": "rebates.states.BankResultFormat",
        "ResultOutcome": "rebates.states.ResultOutcome",
        "PayoutForm": "rebates.states.PayoutForm",
        "ApplicationStatus": "partners.states.applications.ApplicationStatus",
        "RejectReason": "partners.states.applications.RejectReason",
        "ReapplyRule": "partners.states.applications.ReapplyRule",
        "AccountStatus": "partners.states.accounts.AccountStatus",
        "CertificateStatus": "partners.states.certificates.CertificateStatus",
        "CertificationLevel": "partners.states.certificates.Level",
        "OnboardingTemplateStatus": "partners.states.onboarding.TemplateStatus",
        "OnboardingPlanStatus": "partners.states.onboarding.PlanStatus",
        "OnboardingTaskStatus": "partners.states.onboarding.TaskStatus",
        "OnboardingSide": "partners.states.onboarding.Side",
        "OnboardingProof": "partners.states.onboarding.Proof",
        "ExportFormat": "rebates.states.ExportFormat",
        "Role": "prm.identity.rights.Role",
        "TierSchemeStatus": "partners.states.tiers.SchemeStatus",
        "TierStayStatus": "partners.states.tiers.StayStatus",
        "TierAppealStatus": "partners.states.tiers.AppealStatus",
        "MetricWindow": "partners.metrics.windows.WindowKind",
        "MetricUnit": "partners.metrics.registry.Unit",
        "MetricBetter": "partners.metrics.registry.Better",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# Celery: late acknowledgement, so that a killed worker's task runs again; see docs/adr.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    # Above the longest task; a shorter one runs tasks twice at the same time.
    "visibility_timeout": env.int("PRM_VISIBILITY_TIMEOUT", 3600),
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "prune-outbox": {"task": "outbox.prune", "schedule": crontab(hour=3, minute=10)},
    "reconcile-accruals": {"task": "rebates.reconcile_all", "schedule": crontab(hour=2, minute=0)},
    # A day ends on a full or a half hour somewhere.
    "watch-reviews": {"task": "rebates.watch_all", "schedule": crontab(minute="1,31")},
    "prepare-renewals": {"task": "partners.renewals_all", "schedule": crontab(hour=2, minute=40)},
    "watch-lifecycle": {"task": "partners.lifecycle_watch_all", "schedule": crontab(minute="2,32")},
    "watch-applications": {"task": "partners.recruitment_all", "schedule": crontab(minute="*/10")},
    "watch-agreements": {"task": "partners.agreements_watch_all", "schedule": crontab(minute="0,30")},
    "bank-accounts": {"task": "partners.accounts_all", "schedule": timedelta(minutes=1)},
    "watch-partners": {"task": "partners.watch_all", "schedule": crontab(minute="2,32")},
    # Each vendor once, soon after its own midnight.
    "score-partners": {"task": "partners.scores_nightly_all", "schedule": crontab(minute="20,50")},
    "evaluate-tiers": {"task": "partners.tiers_nightly_all", "schedule": crontab(minute="5,35")},
    "prune-notices": {"task": "notifications.prune_all", "schedule": crontab(minute="25,55")},
    "prune-idempotency": {"task": "api.prune_idempotency", "schedule": crontab(hour=3, minute=20)},
    "clear-expired-imports": {"task": "imports.prune", "schedule": timedelta(hours=6)},
    "clear-expired-exports": {"task": "exports.prune", "schedule": timedelta(hours=6)},
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
PRM_PLATFORM_NAME = _("Qudao")


def configure(*, database_url: str, owner_url: str, worker_url: str, redis_url: str) -> dict[str, Any]:
    """The settings that depend on where the servers are."""
    return {
        "DATABASES": {
            "default": database(database_url),
            "owner": database(owner_url),
            "worker": database(worker_url),
        },
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": redis_url,
                "KEY_PREFIX": "prm",
                # A page waits for Redis no longer than this, and does without it.
                "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2, "retry": Retry(NoBackoff(), 1)},
            }
        },
        "CELERY_BROKER_URL": broker(redis_url),
    }


def broker(redis_url: str) -> str:
    """Kombu spells a Redis socket `redis+socket://<path>?virtual_host=<db>`, redis-py `unix://<path>?db=<db>`."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _sep, query = redis_url.removeprefix("unix://").partition("?")
    number = query.removeprefix("db=") or "0"
    return f"redis+socket://{path}?virtual_host={number}"
