from __future__ import annotations

from django.urls import path

from portal.shared import account, api_keys, invitations, places, team

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
    path("settings/profile/", account.profile, name="profile"),
    path("settings/api-keys/", api_keys.api_keys, name="api_keys"),
    path("settings/api-keys/new/", api_keys.api_key_new, name="api_key_new"),
    path("settings/api-keys/<uuid:api_key_id>/end/", api_keys.api_key_end, name="api_key_end"),
]
