"""Static files under names that carry their content, imports between our script modules included."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own switch rewrites every script, comments of other people's packages included, and stumbles over them.
_ANY_SCRIPT, _IMPORTS = ManifestStaticFilesStorage._js_module_import_aggregation_patterns  # type: ignore[attr-defined]
PATTERNS = (*ManifestStaticFilesStorage.patterns, ("js/*.js", _IMPORTS))


class StaticStorage(CompressedManifestStaticFilesStorage):
    patterns = PATTERNS


class PlainStaticStorage(ManifestStaticFilesStorage):
    """The same without compressed copies, which take half a minute to make: for one machine."""

    patterns = PATTERNS
