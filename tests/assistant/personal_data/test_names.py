from __future__ import annotations

import pytest

from assistant.personal_data.names import find_names


def cut(text):
    found = sorted(find_names(text))
    return [text[each.start : each.end] for each in found][:1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is ahmed testpour and I ask", "ahmed testpour"),
        ("MY NAME IS JOHN SPECIMEN AND I ASK", "JOHN SPECIMEN"),
        ("I'm Mr Farhad Probe and", "Mr Farhad Probe"),
        ("my wife Sara Examplian is here", "Sara Examplian"),
        ("je m'appelle Moussa, que faire", "Moussa"),
        ("اسم من فرهاد نمونه است", "فرهاد نمونه"),
        ("tên tôi là Trần Văn Mẫu, tôi", "Trần Văn Mẫu"),
        ("What now? Regards, Layla T. Testova", "Layla T. Testova"),
        ("could you find Yonas in Paris", "Yonas"),
    ],
)
def test_a_name_is_known_by_what_stands_before_it_or_by_being_a_common_one(text, name):
    assert cut(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "my name is on the list",
        "my name is not spelled correctly",
        "mon nom est mal écrit",
        "I am Syrian",
        "I am Christian and Kurdish",
        "I am called for interview",
        "I am from Sudan",
        "my wife is British",
        "my Visa was refused",
        "what did Keir Starmer and Mr Macron agree",
        "what was decided in R (Hassan) v Home Secretary",
        "من افغان هستم",
        "Thanks, what now?",
    ],
)
def test_what_people_are_and_public_persons_are_no_names(text):
    assert cut(text) == []
