from __future__ import annotations

import json

import pytest

from assistant.answering.composing import Draft
from assistant.answering.types import DraftSentence, Label, Quote
from assistant.answering.writing import Writing, is_sound, warn_of_the_pilot, write_sentences
from knowledge.types import Support
from tests.assistant.answering.samples import make_briefing, make_passage
from tests.assistant.answering.test_generating import ScriptedModel

RULE = make_passage("A rider must have a bell. A rider may ring.", passage_id=1)
BELL = {"text": "A rider must have a bell.", "passage": 1, "relies_on": "must have a bell"}
PILOT = Support(
    "https://www.gov.uk/guidance/immigration-rules/"
    "immigration-rules-appendix-uk-european-applicant-transfer",
    "",
)


def make_draft(*texts):
    draft = Draft()
    for text in texts:
        draft.add(text, Label.OFFICIAL, RULE, text)
    return draft


async def write(model=None, *, draft=None, warning=None, limit=6):
    async def extract():
        return draft or make_draft("A rider may ring.")

    async def find_warning(cited):
        return warning or Draft()

    return [
        sentence
        async for sentence in write_sentences(
            "?",
            [RULE],
            writing=Writing(),
            extract=extract,
            find_warning=find_warning,
            model=model,
            limit=limit,
        )
    ]


async def test_without_a_model_the_extracted_sentences_are_written():
    assert [each.label for each in await write()] == [Label.OFFICIAL]


async def test_a_model_that_answers_is_enough():
    assert [each.label for each in await write(ScriptedModel(json.dumps(BELL)))] == [Label.MODEL]


async def test_what_a_model_has_cited_is_not_quoted_again_when_the_rest_is_extracted():
    lie = json.dumps({**BELL, "text": "A rider must have a horn."})
    model = ScriptedModel(json.dumps(BELL), lie, lie + " ")

    sentences = await write(
        model, draft=make_draft("A rider must have a bell.", "A rider may ring.")
    )

    assert [each.text for each in sentences] == [BELL["text"], "A rider may ring."]


async def test_a_warning_follows_what_rests_on_the_pilot():
    briefing = make_briefing("It was due to end in 2026. We could not confirm what came after.")
    warning = Draft()
    warning.add(briefing.text, Label.BRIEFING, briefing, briefing.text)

    sentences = await write(ScriptedModel(json.dumps(BELL)), warning=warning)

    assert [each.label for each in sentences] == [Label.MODEL, Label.BRIEFING]


def test_the_pilot_is_warned_of_only_where_it_is_rested_on():
    status = make_briefing(
        "The scheme was due to end in 2026. We could not confirm what came after.",
        supports=(PILOT,),
    )

    def look_up(words, kind, limit):
        return [status]

    assert warn_of_the_pilot([], look_up, [RULE]).sentences == []
    assert warn_of_the_pilot([], look_up, [status]).sentences[0].label is Label.BRIEFING


@pytest.mark.parametrize(
    ("text", "quote", "is_released"),
    [
        ("A rider must have a bell.", "A rider must have a bell.", True),
        ("A rider may have a bell.", "A rider must have a bell.", False),
        ("A rider must have a bell.", "A rider must have a horn.", False),
        ("It must have a bell.", "A rider must have a bell.", False),
    ],
)
def test_a_models_sentence_is_verified_again_before_it_is_released(text, quote, is_released):
    sentence = DraftSentence(text=text, label=Label.MODEL, quotes=(Quote(1, quote),))

    assert is_sound(sentence, {1: RULE}) is is_released
