from __future__ import annotations

from django.urls import path

from portal.public import application, exit_data, join, locator, signing, signing_callback

app_name = "public"

urlpatterns = [
    path("join/", join.forms_list, name="join"),
    path("join/again/", join.again, name="join_again"),
    path("join/a/<str:token>/", application.overview, name="application"),
    path("join/a/<str:token>/send/", application.send, name="application_send"),
    path("join/a/<str:token>/answer/", application.answer, name="application_answer"),
    path("join/a/<str:token>/withdraw/", application.withdraw, name="application_withdraw"),
    path("join/a/<str:token>/files/<uuid:file_id>/", application.file, name="application_file"),
    path("join/a/<str:token>/files/<uuid:file_id>/remove/", application.file_remove, name="application_file_remove"),
    path("join/a/<str:token>/<slug:step>/", application.step, name="application_step"),
    path("partners/", locator.locator, name="locator"),
    path("partners/embed/", locator.embed, name="locator_embed"),
    path("join/<slug:slug>/", join.form_page, name="join_form"),
    path("sign/<str:token>/", signing.sign, name="sign"),
    path("sign/<str:token>/opened/", signing.sign_opened, name="sign_opened"),
    path("sign/<str:token>/decline/", signing.decline, name="sign_decline"),
    path("sign/<str:token>/agreement.pdf", signing.sign_pdf, name="sign_pdf"),
    path("signing/<slug:provider>/callback/", signing_callback.callback, name="signing_callback"),
    path("verify/", signing.verify, name="verify"),
    path("exit-data/<str:token>/", exit_data.exit_data, name="exit_data"),
]
