"""Addresses of the sign-in pages; included by every staff zone."""

from django.urls import path

from sesshu.web.signin import views

urlpatterns = [
    path("signin", views.sign_in, name="signin"),
    path("signin/enrol", views.enrol, name="signin-enrol"),
    path("signin/password", views.choose_password, name="signin-password"),
    path("signin/factor", views.choose_factor, name="signin-factor"),
    path("signin/factor.svg", views.factor_picture, name="signin-qr"),
    path("signin/again", views.prove_again, name="signin-again"),
    path("signout", views.sign_out, name="signout"),
]
