"""Addresses of the way in and of one's own account."""

from django.urls import path

from linli.web.account import factors, others, provider, second, views

urlpatterns = [
    path("sign-in/second", second.second_factor, name="second_factor"),
    path("sign-in/on", second.go_on, name="sign_in_on"),
    path("sign-in/provider", provider.begin, name="sign_in_provider"),
    path("sign-in/provider/back", provider.back, name="sign_in_back"),
    path("account/", views.account, name="account"),
    path("account/password", views.password, name="account_password"),
    path("account/confirm", views.confirm, name="account_confirm"),
    path("account/set-up", factors.set_up, name="account_set_up"),
    path("account/authenticator", factors.authenticator, name="account_authenticator"),
    path("account/authenticator/remove", factors.remove_authenticator, name="account_authenticator_remove"),
    path("account/passkeys/add", factors.passkey, name="account_passkey_add"),
    path("account/passkeys/<int:pk>/remove", factors.remove_passkey, name="account_passkey_remove"),
    path("account/link", provider.link, name="account_link"),
    path("account/link/begin", provider.begin_link, name="account_link_begin"),
    path("account/link/remove", provider.unlink, name="account_unlink"),
    path("account/codes", factors.codes, name="account_codes"),
    path("account/sign-ins/<int:pk>/end", views.sign_out_other, name="account_sign_out_other"),
    path("account/sign-ins/end-others", views.sign_out_others, name="account_sign_out_others"),
    path("account/others/", others.others, name="account_others"),
    path("account/others/<int:pk>", others.other, name="account_other"),
    path("account/others/<int:pk>/<slug:act>", others.help_other, name="account_help"),
]
