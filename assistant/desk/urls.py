"""The desk's first page and its addresses about questions and answers, under /desk/."""

from django.urls import path

from assistant.desk import home

app_name = "desk_answers"

urlpatterns = [path("", home.home, name="home")]
