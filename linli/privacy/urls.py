"""Addresses of privacy: what is kept and one's own request, for everybody; the office behind the sign-in."""

from django.urls import path

from linli.privacy import asking, desk, public

app_name = "privacy"
urlpatterns = [
    path("privacy", public.about, name="about"),
    path("privacy/request", asking.ask, name="request"),
    path("privacy/prove", asking.prove, name="prove"),
    path("privacy/answer", asking.answer, name="answer"),
    path("privacy/copy", asking.copy, name="copy"),
    path("privacy/leave", asking.leave, name="leave"),
    path("accessibility", public.accessibility, name="accessibility"),
    path("accessibility/type", public.choose_type, name="type"),
    path("desk/privacy/", desk.requests, name="requests"),
    path("desk/privacy/window", desk.at_window, name="window"),
    path("desk/privacy/requests/<uuid:key>", desk.one, name="one"),
    path("desk/privacy/requests/<uuid:key>/letter.docx", desk.letter, name="letter"),
    path("desk/privacy/schedule", desk.schedule, name="schedule"),
    path("desk/privacy/holds", desk.holds_list, name="holds"),
    path("desk/privacy/holds/<int:pk>/end", desk.hold_end, name="hold_end"),
    path("desk/privacy/register", desk.register, name="register"),
    path("desk/privacy/filing", desk.filing_pack, name="filing"),
    path("desk/privacy/filing.docx", desk.filing_file, name="filing_file"),
    path("desk/privacy/sheets/<int:pk>", desk.sheet, name="sheet"),
    path("desk/privacy/sheets/<int:pk>/edit", desk.sheet_edit, name="sheet_edit"),
    path("desk/privacy/sheets/<int:pk>.docx", desk.sheet_file, name="sheet_file"),
    path("desk/privacy/<str:kind>/", desk.sheet_list, name="sheets"),
    path("desk/privacy/<str:kind>/new", desk.sheet_new, name="sheet_new"),
]
