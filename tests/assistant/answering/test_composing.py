from __future__ import annotations

from datetime import date

from assistant.answering.composing import compose, put_first, read_sentences
from assistant.answering.types import Label
from assistant.answering.verification import find_fault
from knowledge.types import DocumentKind, NumberedSpan, Support
from tests.assistant.answering.samples import LikeFake, make_briefing, make_fits, make_passage

RULES_URL = "https://example.test/rules"
PILOT_URL = (
    "https://www.gov.uk/guidance/immigration-rules/"
    "immigration-rules-appendix-uk-european-applicant-transfer-scheme"
)
RULE = make_passage("7. A rider must have a bell.", url=f"{RULES_URL}#bells", passage_id=1)
BELLS = make_briefing(
    "You need a bell to borrow a bicycle. A light is not enough.",
    supports=(Support(f"{RULES_URL}#bells", RULE.text),),
    passage_id=50,
)
STATUS = make_briefing(
    "We looked. The scheme was due to end on 3 May 2026, and we could not confirm what came next.",
    heading="Where to check",
    passage_id=60,
    dense=0.4,
)


def draft(question, *passages, kept=(), limit=6):
    fits, weigher = make_fits(
        question, *(each for each in passages if each.kind is DocumentKind.BRIEFING)
    )
    return compose(
        question,
        passages,
        fits,
        weigher=weigher,
        similarity=LikeFake(question),
        look_up=lambda words, kind, limit: [each for each in kept if each.kind is kind],
        sentence_limit=limit,
    )


def test_the_briefing_comes_first_and_the_official_words_follow():
    sentences = draft("Do I need a bell?", RULE, BELLS).sentences

    assert [(said.label, said.text) for said in sentences] == [
        (Label.BRIEFING, "You need a bell to borrow a bicycle."),
        (Label.BRIEFING, "A light is not enough."),
        (Label.OFFICIAL, "7. A rider must have a bell."),
    ]


def test_every_sentence_of_a_draft_stands_in_what_it_cites():
    answer = draft("Do I need a bell?", RULE, BELLS)

    assert [find_fault(said, answer.passages) for said in answer.sentences] == [None] * 3


def test_without_a_fitting_briefing_the_official_words_stand_alone():
    far = make_briefing("Trains are late.", dense=0.5)

    sentences = draft("Do I need a bell?", RULE, far).sentences

    assert [said.label for said in sentences] == [Label.OFFICIAL]


def test_the_limit_leaves_room_for_the_official_words():
    long = make_briefing(
        "A bell is one. A bell is two. A bell is three. A bell is four.", supports=BELLS.supports
    )

    sentences = draft("Do I need a bell?", RULE, long, limit=3).sentences

    assert [said.label for said in sentences] == [Label.BRIEFING, Label.BRIEFING, Label.OFFICIAL]


def test_what_ends_with_the_pilot_comes_with_the_status_that_is_known():
    about_pilot = make_briefing("You need a bell.", supports=(Support(PILOT_URL, ""),))

    sentences = draft("Do I need a bell?", about_pilot, kept=(STATUS,)).sentences

    assert [said.text for said in sentences] == [
        "You need a bell.",
        "The scheme was due to end on 3 May 2026, and we could not confirm what came next.",
    ]
    assert sentences[-1].quotes[0].passage_id == STATUS.passage_id


def test_the_status_is_not_said_twice():
    about_pilot = make_briefing(
        "You need a bell. The scheme was due to end on 3 May 2026; check first.",
        supports=(Support(PILOT_URL, ""),),
    )

    sentences = draft("Do I need a bell?", about_pilot, kept=(STATUS,)).sentences

    assert len(sentences) == 2


def test_other_subjects_come_without_the_status():
    assert len(draft("Do I need a bell?", BELLS, RULE, kept=(STATUS,)).sentences) == 3


def test_a_briefing_about_something_else_is_not_added():
    other = make_briefing("Trains are late.", heading="Trains", passage_id=70, dense=0.9)

    sentences = draft("Do I need a bell?", BELLS, other).sentences

    assert "Trains are late." not in [said.text for said in sentences]


def test_nothing_is_drafted_from_nothing():
    assert draft("Do I need a bell?").sentences == []


def test_a_bare_yes_stays_with_the_sentence_that_it_needs():
    sentences = read_sentences(make_briefing("Yes. A bell is needed. So is a light."))

    assert sentences == ["Yes. A bell is needed.", "So is a light."]


def test_a_list_in_a_briefing_is_one_sentence_and_a_cut_one_is_none():
    whole = make_briefing("Bring this:\n- a bell\n- a light")
    cut = make_briefing("Bring this:\n- a bell and")

    assert read_sentences(whole) == ["Bring this:\n- a bell\n- a light"]
    assert read_sentences(cut) == []


def test_passages_of_one_kind_only_are_asked_for():
    kinds = []
    briefing = make_briefing("You need a bell.", supports=(Support(PILOT_URL, "Not here."),))
    fits, weigher = make_fits("Do I need a bell?", briefing)

    compose(
        "Do I need a bell?",
        [briefing],
        fits,
        weigher=weigher,
        similarity=LikeFake("Do I need a bell?"),
        look_up=lambda words, kind, limit: kinds.append(kind) or [],
    )

    assert kinds == [DocumentKind.OFFICIAL, DocumentKind.BRIEFING]


def test_a_paragraph_that_the_question_names_is_quoted_though_its_words_are_far():
    named = make_passage(
        "12AB. Riders wave.", dense=0.0, numbers=(NumberedSpan("12AB", 100, 118),)
    )

    sentences = draft("What does 12AB say?", RULE, named).sentences

    assert [said.text for said in sentences] == ["12AB. Riders wave."]


def test_the_sentences_of_a_briefing_share_the_quote_of_its_whole_paragraph():
    sentences = draft("Do I need a bell?", RULE, BELLS).sentences

    quotes = {each.quotes for each in sentences if each.label is Label.BRIEFING}
    assert [quote.text for (quote,) in quotes] == [BELLS.text]


def test_the_amount_that_is_asked_for_comes_first():
    sentences = ["The office asks for a form.", "The deposit is £20.", "It is paid back."]

    ordered = put_first(sentences, "How much is the deposit?")

    assert ordered == ["The deposit is £20.", "It is paid back.", "The office asks for a form."]


def test_a_sentence_that_leans_on_the_one_before_is_not_moved():
    sentences = ["The office asks for a deposit.", "It is £20."]

    assert put_first(sentences, "How much is the deposit?") == sentences


def test_a_yes_that_answers_the_question_stays_first():
    sentences = ["No, the loan is free.", "A lost lock costs £20."]

    assert put_first(sentences, "Does the loan cost £20 or is there a fee?") == sentences


def test_a_no_to_another_question_does_not_follow_the_amount():
    sentences = ["No, they are apart.", "The office paid £20 for locks."]

    ordered = put_first(sentences, "How much did the office pay?")

    assert ordered == ["The office paid £20 for locks."]


def test_an_older_count_is_named_as_such():
    march = make_briefing(
        "By then 40 bicycles were lent in the whole town.",
        passage_id=71,
        dense=0.9,
        published=date(2026, 3, 31),
    )
    june = make_briefing(
        "By then 95 bicycles were lent in the whole wide town.",
        passage_id=72,
        heading="Bicycles lent in all",
        dense=0.89,
        published=date(2026, 6, 30),
    )

    answer = draft("How many bicycles in the wide town are lent in all?", march, june)

    assert [said.text for said in answer.sentences] == [june.text, march.text]
    assert answer.older == {march.passage_id: date(2026, 3, 31)}


def test_when_the_scheme_ends_does_not_come_first_unless_it_is_asked():
    sentences = ["A form is needed.", "The scheme was due to end on 3 May 2026, in 40 places."]

    assert put_first(sentences, "How many forms are needed?") == sentences
    assert put_first(sentences, "When does the scheme end?") == sentences[::-1]
