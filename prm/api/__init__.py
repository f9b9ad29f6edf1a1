"""The REST API's kernel: authentication, scopes, problems, strict input, keyset pages, idempotency, OpenAPI.

Apps declare their operations in `api.py` with the decorators of `prm.api.operations` and list them in `urls.py`.
"""
