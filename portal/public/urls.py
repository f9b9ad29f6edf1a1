from __future__ import annotations

from django.urls import path

from portal.public import signing, signing_callback

app_name = "public"
urlpatterns = [
    path("sign/<str:token>/", signing.sign, name="sign"),
    path("sign/<str:token>/decline/", signing.decline, name="sign_decline"),
    path("sign/<str:token>/agreement.pdf", signing.sign_pdf, name="sign_pdf"),
    path("signing/<slug:provider>/callback/", signing_callback.callback, name="signing_callback"),
    path("verify/", signing.verify, name="verify"),
]
