"""The desk's first page and its addresses about questions and answers, under /desk/."""

from django.urls import path

from assistant.desk import answers, home, questions

app_name = "desk_answers"

urlpatterns = [
    path("", home.home, name="home"),
    path("questions/", questions.show_unanswered, name="questions"),
    path("answers/wrong/", answers.show_wrong, name="wrong"),
    path("answers/wrong/<int:answer_id>/settle/", answers.settle, name="settle"),
    path("answers/changed/", answers.show_changed, name="changed"),
    path("documents/<int:document_id>/answers/", answers.show_quoting, name="quoting"),
]
