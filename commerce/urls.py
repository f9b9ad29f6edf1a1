"""Addresses of products, exchange rates and sale lines below /api/v1/."""

from __future__ import annotations

from django.urls import path

from commerce import api

urlpatterns = [
    path("products/", api.Products.as_view(), name="products"),
    path("products/<uuid:product_id>/", api.ProductDetail.as_view(), name="product"),
    path("exchange-rates/", api.ExchangeRates.as_view(), name="exchange-rates"),
    path("overdue-receivables/", api.OverdueReceivables.as_view(), name="overdue-receivables"),
    path("sales/", api.Sales.as_view(), name="sales"),
    path("sales/batch/", api.SaleBatch.as_view(), name="sale-batch"),
    path("sales/<int:sale_id>/", api.SaleDetail.as_view(), name="sale"),
]
