"""HTTP routes."""

from django.contrib import admin
from django.urls import include, path

from assistant import views

urlpatterns = [
    path("", views.chat, name="chat"),
    path("ask", views.ask, name="ask"),
    path("feedback", views.give_feedback, name="feedback"),
    path("new", views.new, name="new"),
    path("delete", views.delete, name="delete"),
    path("deleted", views.deleted, name="deleted"),
    path("passages/<int:revision_id>/<int:passage_id>", views.passage, name="passage"),
    path("briefings/<slug:slug>", views.briefing, name="briefing"),
    path("briefings/<slug:slug>.<slug:language>", views.briefing, name="briefing_in"),
    path("about", views.about, name="about"),
    path("health", views.show_health, name="health"),
    path("files/", include("knowledge.files.urls")),
    path("desk/", include("assistant.desk.urls")),
    path("desk/", include("knowledge.desk.urls")),
    path("staff/", admin.site.urls),
]
