from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.answering import sufficiency
from assistant.answering.sufficiency import (
    NEAR_IN_ANY_CASE,
    WEIGHTS,
    Signs,
    find_domains,
    get_other_examples,
    get_own_examples,
    has_evidence,
    is_about_a_distant_country,
    is_of_another_domain,
    misses_a_detail,
    separate,
)
from assistant.evaluation.asking import read_gold_questions
from knowledge import retrieval as live_knowledge
from knowledge.retrieval import Retrieval
from tests.assistant.answering.samples import FakeKnowledge, embed, make_briefing

OTHER_DOMAINS = Path(__file__).parents[2] / "gold/other_domains.jsonl"
QUESTION = "Do I need a bell to borrow a bicycle?"


def find(*passages, dense=0.9, lexical=5.0):
    return Retrieval(passages=tuple(passages), best_dense=dense, best_lexical=lexical)


def test_a_near_passage_is_evidence_and_a_far_one_is_not():
    briefing = make_briefing("You need a bell.")

    near = has_evidence(QUESTION, find(briefing, dense=0.9), FakeKnowledge())
    far = has_evidence(QUESTION, find(briefing, dense=0.1), FakeKnowledge())

    assert (near, far) == (True, False)


def test_without_passages_there_is_no_evidence():
    assert not has_evidence(QUESTION, find(), FakeKnowledge())


def test_the_floor_is_a_setting(settings):
    retrieval = find(make_briefing("You need a bell."), dense=0.9)

    settings.ASSISTANT_EVIDENCE_FLOOR = 2.0

    assert not has_evidence(QUESTION, retrieval, FakeKnowledge())


def test_likeness_to_other_domains_counts_against_the_same_passage():
    ours = Signs(nearest=0.7, elsewhere=0.5, domain=0.0, words=1.0)
    theirs = Signs(nearest=0.7, elsewhere=0.8, domain=-1.0, words=1.0)

    assert ours.weight > theirs.weight


def test_shared_words_count_but_only_so_far():
    def weigh(words):
        return Signs(nearest=0.7, elsewhere=0.5, domain=0.0, words=words).weight

    assert weigh(1.0) < weigh(3.0) < weigh(WEIGHTS.words_limit) == weigh(40.0)


def test_the_direction_parts_the_examples_whatever_their_numbers():
    generator = np.random.default_rng(4)
    own = generator.normal(0.3, 0.1, (5, 16)).astype(np.float32)
    other = generator.normal(-0.3, 0.1, (60, 16)).astype(np.float32)

    domains = separate(own, other)

    assert min(domains.measure(vector) for vector in own) > 0.3
    assert max(domains.measure(vector) for vector in other) < -0.3


def test_the_examples_are_embedded_once():
    knowledge = FakeKnowledge()

    assert find_domains(knowledge) is find_domains(knowledge)


def test_a_question_is_of_another_domain_when_it_is_nearer_to_its_examples():
    other, own = get_other_examples()[0], get_own_examples()[0]

    assert is_of_another_domain(embed(other), FakeKnowledge())
    assert not is_of_another_domain(embed(own), FakeKnowledge())


def test_each_example_of_another_domain_stands_once_and_is_none_of_ours():
    examples = get_other_examples()

    assert len(examples) == len(set(examples)) >= 300
    assert not set(examples) & set(get_own_examples())


@pytest.mark.parametrize(
    ("question", "is_distant"),
    [
        ("Where do I ask for asylum in Mexico?", True),
        ("Which visa lets a nurse work in the US?", True),
        ("Which visa is there for us?", False),
        ("My cousin was refused asylum in Canada. May he apply in Britain?", False),
        ("Who asked for asylum in Germany, can he be returned?", False),
        ("Is it hot in Mexico?", False),
        ("I am a refugee in Malaysia. Who decides on a visa?", False),
        ("Can a man with asylum in Canada join his wife?", False),
    ],
)
def test_a_country_without_a_part_in_our_subject_is_no_matter_of_ours(question, is_distant):
    retrieval = find(make_briefing("Who may ask for asylum."), dense=0.9)

    assert is_about_a_distant_country(question) is is_distant
    assert has_evidence(question, retrieval, FakeKnowledge()) is not is_distant


@pytest.mark.parametrize(
    ("question", "misses"),
    [
        ("How many bells are there in Oldport?", True),
        ("How many bells are there in Newport?", False),
        ("What is the price of a bell in 1987?", True),
        ("What is the price of a bell in 2026?", False),
        # No figure and no name is asked for.
        ("Can I borrow a bell in Oldport?", False),
        ("How many bells has the Town Hall of Oldport?", True),
        ("How many bells has the Newport Harbour Museum?", False),
        # The first word is large in any case.
        ("Bicycles: how many bells do they need?", False),
        # A plural is no other name.
        ("What is the name of the Newports?", False),
        ("My aunt in Oldport lends " + "many " * 20 + "bells. How many?", False),
    ],
)
def test_a_detail_of_something_that_no_passage_names_is_missed(question, misses):
    retrieval = find(make_briefing("In Newport bells cost 2 coins since 2026."), dense=0.7)

    assert misses_a_detail(question, retrieval) is misses


def test_a_passage_that_is_near_enough_need_not_name_everything():
    retrieval = find(make_briefing("Bells cost 2 coins."), dense=NEAR_IN_ANY_CASE)

    assert not misses_a_detail("How many bells are there in Oldport?", retrieval)


def test_no_passage_knows_the_figures_of_a_day_to_come():
    retrieval = find(make_briefing("In 2026 10 bells were lent."), dense=0.9)

    assert misses_a_detail("How many bells will be lent next Saturday?", retrieval)
    assert not misses_a_detail("How many bells were lent in 2026?", retrieval)


def test_the_heading_and_the_title_name_things_too():
    briefing = make_briefing("Bells cost 2 coins.", title="Bells of Oldport")

    assert not misses_a_detail("What is the price of bells in Oldport?", find(briefing, dense=0.7))


def test_the_questions_to_measure_with_are_no_examples_and_half_of_them_is_held_out():
    questions = read_gold_questions(OTHER_DOMAINS)

    texts = [question.question for question in questions]
    assert len(set(texts)) == len(texts) >= 220
    assert not set(texts) & set(get_other_examples())
    assert 0.4 < sum(question.held_out for question in questions) / len(questions) < 0.6
    assert all(question.outcome <= {"no_evidence", "out_of_scope"} for question in questions)


@pytest.mark.model
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "is_other"),
    [
        ("Which oven setting do I need for a lasagne?", True),
        ("Does my daughter's school have to give her a lunch?", True),
        ("I am in Calais. May I come to England with a visa?", False),
        ("they say my brother goes back to france what can we do", False),
    ],
)
def test_real_questions_are_told_apart_by_their_domain(question, is_other, monkeypatch):
    monkeypatch.setattr(sufficiency, "_domains", type(sufficiency._domains)())

    vector = live_knowledge.embed_question(question)

    assert is_of_another_domain(vector, live_knowledge) is is_other
