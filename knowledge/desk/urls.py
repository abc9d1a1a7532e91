"""The desk's addresses about the evidence, under /desk/."""

from django.urls import URLPattern, path

from knowledge.desk import (
    alarms,
    briefings,
    decisions,
    documents,
    files,
    publications,
    sources,
)

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("sources/", sources.list_sources, name="sources"),
    path("sources/add/", sources.add_source, name="add_source"),
    path("sources/<slug:slug>/", sources.show_source, name="source"),
    path("sources/<slug:slug>/change/", sources.change_source, name="source_change"),
    path("sources/<slug:slug>/refresh/", sources.refresh_source, name="source_refresh"),
    path("files/add/", files.add_file, name="add_file"),
    path("alarms/", alarms.list_alarms, name="alarms"),
    path("alarms/<int:alarm_id>/settle/", alarms.settle, name="alarm_settle"),
    path("documents/", documents.list_documents, name="documents"),
    path("documents/<int:document_id>/", documents.show_document, name="document"),
    path("documents/<int:document_id>/compare/", documents.compare, name="document_compare"),
    path("documents/<int:document_id>/withdraw/", documents.withdraw, name="document_withdraw"),
    path("documents/<int:document_id>/restore/", documents.restore, name="document_restore"),
    path("revisions/<int:revision_id>/hold/", documents.hold, name="revision_hold"),
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
    path("briefings/stale/", briefings.list_stale, name="stale_briefings"),
    path(
        "briefings/proposals/<int:proposal_id>/", briefings.show_proposal, name="briefing_proposal"
    ),
    path("briefings/<slug:slug>/<slug:language>/", briefings.edit_briefing, name="briefing"),
    path("decisions/", decisions.list_decisions, name="decisions"),
    path("decisions/decisions.csv", decisions.download_decisions, name="decisions_csv"),
]
