from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.urls import reverse

from knowledge.decisions import record_decision
from knowledge.desk.decisions import escape_cell
from knowledge.models import Act
from tests.factories import DocumentFactory, PublicationFactory
from tests.knowledge.desk.staff import make_member

pytestmark = pytest.mark.django_db
HOSTILE = '=HYPERLINK("https://example.test","<svg onload=alert(1)>")'


@pytest.fixture
def auditor(client):
    client.force_login(make_member("auditors"))
    return client


def read_csv(response) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


def test_everything_that_was_decided_is_listed_with_who_and_why(auditor):
    record_decision(who="pat", act=Act.APPROVED, why="It is so.", publication=PublicationFactory())

    page = auditor.get(reverse("desk:decisions")).content.decode()

    assert all(words in page for words in ("pat", "approved", "It is so.", "1 decision"))


def test_decisions_are_chosen_by_who_act_and_kind(auditor):
    record_decision(who="pat", act=Act.APPROVED, why="one", publication=PublicationFactory())
    record_decision(who="ada", act=Act.WITHDRAWN, why="two", document=DocumentFactory())
    record_decision(who="ada", act=Act.CHANGED, why="three")
    url = reverse("desk:decisions_csv")

    def find(**query: str) -> set[str]:
        return {row["why"] for row in read_csv(auditor.get(url, query))}

    assert find() == {"one", "two", "three"}
    assert find(who="AD") == {"two", "three"}
    assert find(act="approved") == {"one"}
    assert find(kind="document") == {"two"}
    assert find(kind="other", who="ada") == {"three"}
    assert find(kind="nonsense", act="nonsense") == {"one", "two", "three"}
    assert find(who="a\0da") == {"two", "three"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r=1", "＝1", "\n@x"])
def test_no_cell_is_a_formula(text):
    assert escape_cell(text) == f"'{text}"


def test_words_and_days_stay_as_they_are_in_a_cell():
    assert escape_cell("3 = 3, so yes") == "3 = 3, so yes"
    assert escape_cell("2026-01-02T03:04:05") == "2026-01-02T03:04:05"


def test_hostile_words_are_words_on_the_page_and_text_in_the_table(auditor):
    record_decision(who=HOSTILE, act=Act.CHANGED, why=HOSTILE)

    page = auditor.get(reverse("desk:decisions"), {"who": "=HYPER"}).content.decode()
    [row] = read_csv(auditor.get(reverse("desk:decisions_csv")))

    assert "<svg" not in page
    assert "&lt;svg" in page
    assert row["who"].startswith("'=")
    assert row["why"].startswith("'=")


def test_many_decisions_are_turned_page_by_page_with_the_filter_kept(auditor):
    for number in range(51):
        record_decision(who="ada", act=Act.CHANGED, why=f"number {number}")

    page = auditor.get(reverse("desk:decisions"), {"who": "ada", "page": 2}).content.decode()

    assert "number 0" in page
    assert "who=ada&amp;page=1" in page


@pytest.mark.parametrize("name", ["desk:decisions", "desk:decisions_csv"])
def test_decisions_are_for_staff_of_the_desk(client, name):
    assert client.get(reverse(name)).status_code == 302
