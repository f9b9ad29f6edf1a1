"""Base models. Every table of a tenant derives from `TenantModel`; its metaclass adds what isolation needs.

The metaclass, not `Meta` inheritance, adds the constraints: a subclass whose `Meta` forgets its parent would lose
inherited constraints in silence, and `makemigrations --check` would stay green.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.base import ModelBase

from prm.db.constraints import RowSecurity, TenantReference
from prm.db.scope import require_tenant_id
from prm.ids import new_id


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference inside one tenant. The database key is the composite one that the metaclass adds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("on_delete", models.PROTECT)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs


class TenantField(models.ForeignKey):  # type: ignore[type-arg]
    """The owner of a row: the active tenant, unless told otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"default": require_tenant_id})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        # Migrations run outside any tenant, where they could not ask for the default of a column they add.
        kwargs.pop("default", None)
        return name, "django.db.models.ForeignKey", args, kwargs


class TenantModelBase(ModelBase):
    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        model: Any = super().__new__(mcs, name, bases, attrs, **kwargs)
        if not model._meta.abstract and not model._meta.proxy:
            _isolate(model)
        return model


def _isolate(model: Any) -> None:
    options = model._meta
    table = options.db_table
    wanted: list[models.BaseConstraint] = [
        RowSecurity(name=f"{table}_rls", revoke=model.revoked_rights, worker=model.worker_rights),
        models.UniqueConstraint(fields=["tenant", options.pk.name], name=f"{table}_tenant_pk"),
    ]
    wanted += [
        TenantReference(name=f"{table}_{field.name}_fk"[:63], field=field.name)
        for field in options.local_fields
        if isinstance(field, TenantForeignKey)
    ]
    names = {constraint.name for constraint in options.constraints}
    options.constraints = [*options.constraints, *(c for c in wanted if c.name not in names)]
    # Migrations read only options that were spelled out in Meta.
    options.original_attrs["constraints"] = options.constraints


class TenantQuerySet(models.QuerySet[Any]):
    """Raises when it is evaluated outside any tenant, too: there, row security would show an empty table."""

    @property
    def db(self) -> str:
        # Django asks for the database at each execution, whichever method causes it.
        require_tenant_id()
        return super().db


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Sees the active tenant's rows, raises `TenantNotSet` when there is none. The first wall; RLS is the second."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(tenant_id=require_tenant_id())  # type: ignore[no-any-return]


class TenantRow(models.Model, metaclass=TenantModelBase):
    """A row of one tenant, without a key of its own: for tables that need another key than a UUID."""

    revoked_rights: ClassVar[tuple[str, ...]] = ()
    worker_rights: ClassVar[tuple[str, ...]] = ()

    tenant = TenantField("tenancy.Tenant", on_delete=models.PROTECT, editable=False, related_name="+", db_index=False)

    objects: ClassVar[models.Manager[Self]] = TenantManager()

    class Meta:
        abstract = True


class TenantModel(TenantRow):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        abstract = True


class AppendOnlyModel(TenantModel):
    """Rows that the app role can neither change nor delete."""

    revoked_rights: ClassVar[tuple[str, ...]] = ("UPDATE", "DELETE")

    class Meta:
        abstract = True
