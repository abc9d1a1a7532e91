"""The desk's addresses about the evidence, under /desk/."""

from django.urls import URLPattern, path

from knowledge.desk import briefings, decisions, publications

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("publications/", publications.list_publications, name="publications"),
    path("publications/<int:publication_id>/", publications.show_publication, name="publication"),
    path(
        "publications/<int:publication_id>/documents/<int:document_id>/",
        publications.show_change,
        name="publication_change",
    ),
    path(
        "publications/<int:publication_id>/roll-back/",
        publications.roll_back,
        name="publication_roll_back",
    ),
    path("briefings/", briefings.list_briefings, name="briefings"),
    path(
        "briefings/proposals/<int:proposal_id>/", briefings.show_proposal, name="briefing_proposal"
    ),
    path(
        "briefings/proposals/<int:proposal_id>/decide/",
        briefings.decide_proposal,
        name="briefing_decide",
    ),
    path("briefings/<slug:slug>/", briefings.edit_briefing, name="briefing"),
    path("briefings/<slug:slug>/<str:language>/", briefings.edit_briefing, name="briefing"),
    path("decisions/", decisions.list_decisions, name="decisions"),
    path("decisions/decisions.csv", decisions.download_decisions, name="decisions_csv"),
]
