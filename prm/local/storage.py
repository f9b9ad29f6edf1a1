"""Static files of `make up`: named by content as in production, but not compressed, which takes half a minute."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class LocalStaticStorage(ManifestStaticFilesStorage):
    """Imports between script modules keep their plain names; those files are collected under both names."""
