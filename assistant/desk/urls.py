"""The desk's first page and its addresses about questions and answers, under /desk/."""

from django.urls import path

from assistant.desk import debugger, gold_questions, home

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
]
