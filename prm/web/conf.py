"""Settings of the look, as plain values the settings module imports.

Nothing here may touch Django's registry: settings are still being read when this module loads.
Loaders are written by hand because django-cotton and django-template-partials each rewrite
TEMPLATES in their default AppConfig and undo one another.
"""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

WEB_APPS: list[str] = [
    "prm.web",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "csp",
    # After our apps: their widget templates win, Django's fill the rest.
    "django.forms",
]

# Both belong near the end of MIDDLEWARE; the policy must see the response of every view.
CSP_MIDDLEWARE = "prm.web.csp.PolicyMiddleware"
HTMX_MIDDLEWARE = "django_htmx.middleware.HtmxMiddleware"

TEMPLATE_LOADERS: list[Any] = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                [
                    "django_cotton.cotton_loader.Loader",
                    "django.template.loaders.filesystem.Loader",
                    "django.template.loaders.app_directories.Loader",
                ],
            )
        ],
    )
]

TEMPLATE_BUILTINS: list[str] = [
    "django.templatetags.i18n",
    "django.templatetags.static",
    "django_cotton.templatetags.cotton",
    "template_partials.templatetags.partials",
    "django_htmx.templatetags.django_htmx",
    "prm.web.templatetags.ui",
    "prm.web.templatetags.charts",
]

TEMPLATE_CONTEXT_PROCESSORS: list[str] = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "prm.web.context.shell",
]

TEMPLATES_OPTIONS: dict[str, Any] = {
    "loaders": TEMPLATE_LOADERS,
    "builtins": TEMPLATE_BUILTINS,
    "context_processors": TEMPLATE_CONTEXT_PROCESSORS,
}


def templates(base_dir: Path) -> list[dict[str, Any]]:
    """The TEMPLATES setting; `base_dir` is the repository root."""
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [base_dir / "templates"],
            "OPTIONS": TEMPLATES_OPTIONS,
        }
    ]


FORM_RENDERER = "prm.web.forms.FormRenderer"
FORMAT_MODULE_PATH: list[str] = ["prm.web.formats"]
LANGUAGES: list[tuple[str, str]] = [("en", "English"), ("zh-hans", "简体中文")]
CSRF_FAILURE_VIEW = "prm.web.errors.csrf_failure"
DJANGO_TABLES2_TEMPLATE = "components/table.html"
DJANGO_TABLES2_PAGE_RANGE = 7
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Handlers for prm/urls.py: `handler404 = conf.HANDLERS[404]` and so on.
HANDLERS: dict[int, str] = {
    400: "prm.web.errors.bad_request",
    403: "prm.web.errors.permission_denied",
    404: "prm.web.errors.not_found",
    500: "prm.web.errors.server_error",
}

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        # data: carries the QR code of the authenticator page.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# The operator's admin (Unfold) runs standard Alpine, which compiles expressions at run time.
CSP_OPS: dict[str, list[Any]] = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "object-src": [NONE],
}

# Swagger UI writes style elements; its scripts are files (use SpectacularSwaggerSplitView).
CSP_API_DOCS: dict[str, list[Any]] = {
    **CSP_OPS,
    "script-src": [SELF],
}

# Mails as their readers see them, inside a frame: styles, nothing that runs, links that open outside.
CSP_MAIL: dict[str, list[Any]] = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}

# The pages around them.
CSP_MAIL_PAGES: dict[str, list[Any]] = {**CONTENT_SECURITY_POLICY["DIRECTIVES"], "frame-src": [SELF]}

# First match wins; paths not listed get CONTENT_SECURITY_POLICY.
CSP_BY_PREFIX: list[tuple[str, dict[str, list[Any]]]] = [
    ("/ops/", CSP_OPS),
    ("/mails/frame/", CSP_MAIL),
    ("/mails/", CSP_MAIL_PAGES),
    ("/settings/messages/frame/", CSP_MAIL),
    ("/settings/messages/", CSP_MAIL_PAGES),
    ("/api/docs/", CSP_API_DOCS),
]
