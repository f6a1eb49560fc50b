"""The first page after signing in (はじめのページ)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sesshu.web.guard import may


@may("home.show", methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """What is to be done here."""
    return render(request, "home.html")
