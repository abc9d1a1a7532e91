"""The desk's addresses about the evidence, under /desk/."""

from django.urls import URLPattern

app_name = "desk"

urlpatterns: list[URLPattern] = []
