"""The desk's first page and its addresses about questions and answers, under /desk/."""

from django.urls import path

from assistant.desk import answers, debugger, gold_questions, home, questions

app_name = "desk_answers"

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", debugger.search, name="search"),
    path("gold/", gold_questions.list_gold, name="gold_questions"),
    path("gold/add/", gold_questions.add_gold, name="gold_add"),
    path("gold/questions/<slug:slug>/", gold_questions.show_gold, name="gold_question"),
    path("gold/questions/<slug:slug>/try/", gold_questions.try_gold, name="gold_try"),
    path("gold/questions/<slug:slug>/switch/", gold_questions.switch_gold, name="gold_switch"),
    path("gold/questions/<slug:slug>/change/", gold_questions.change_gold, name="gold_change"),
    path("questions/", questions.show_unanswered, name="questions"),
    path("answers/wrong/", answers.show_wrong, name="wrong"),
    path("answers/wrong/<int:answer_id>/settle/", answers.settle, name="settle"),
    path("answers/changed/", answers.show_changed, name="changed"),
    path("documents/<int:document_id>/answers/", answers.show_quoting, name="quoting"),
]
