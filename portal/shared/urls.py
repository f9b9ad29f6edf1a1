from __future__ import annotations

from django.urls import path

from portal.shared import (
    account,
    acts,
    api_keys,
    inbox,
    invitations,
    mail_catalogue,
    notification_settings,
    places,
    team,
)

app_name = "shared"
urlpatterns = [
    path("", places.root, name="root"),
    path("switch/", places.switch, name="switch"),
    path("session/start/", places.session_start, name="session_start"),
    path("session/handoff/", places.session_handoff, name="session_handoff"),
    path("session/accept/", places.session_accept, name="session_accept"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite, name="team_invite"),
    path("team/invite/many/", team.invite_many, name="team_invite_many"),
    path("team/members/<uuid:membership_id>/move/", team.move, name="member_move"),
    path("team/members/<uuid:membership_id>/role/", team.change_role, name="member_role"),
    path("team/members/<uuid:membership_id>/deactivate/", team.deactivate, name="member_deactivate"),
    path("team/members/<uuid:membership_id>/reactivate/", team.reactivate, name="member_reactivate"),
    path("team/invitations/<uuid:invitation_id>/resend/", team.resend, name="invitation_resend"),
    path("team/invitations/<uuid:invitation_id>/revoke/", team.revoke, name="invitation_revoke"),
    path("act/<str:token>/", acts.act, name="act"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/bell/", inbox.bell, name="bell"),
    path("inbox/read/", inbox.all_seen, name="inbox_read"),
    path("inbox/<uuid:notice_id>/", inbox.notice_open, name="notice"),
    path("inbox/<uuid:notice_id>/read/", inbox.notice_seen, name="notice_read"),
    path("settings/notifications/", notification_settings.preferences, name="notification_settings"),
    path("settings/messages/", mail_catalogue.catalogue, name="mail_kinds"),
    path("settings/messages/sent/", mail_catalogue.mails, name="mails"),
    path("settings/messages/sent/<uuid:mail_id>/again/", mail_catalogue.mail_again, name="mail_again"),
    path("settings/messages/frame/<str:code>/<str:language>/", mail_catalogue.kind_frame, name="mail_frame"),
    path("settings/messages/<str:code>/", mail_catalogue.kind_preview, name="mail_kind"),
    path("settings/messages/<str:code>/<str:language>/", mail_catalogue.kind_send, name="mail_sample"),
    path("settings/profile/", account.profile, name="profile"),
    path("settings/api-keys/", api_keys.api_keys, name="api_keys"),
    path("settings/api-keys/new/", api_keys.api_key_new, name="api_key_new"),
    path("settings/api-keys/<uuid:api_key_id>/end/", api_keys.api_key_end, name="api_key_end"),
]
