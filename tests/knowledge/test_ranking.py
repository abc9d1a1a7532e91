from __future__ import annotations

from dataclasses import dataclass

from knowledge.ranking import RetrievalSettings, fuse, stretch


@dataclass(frozen=True)
class Hit:
    passage_id: int
    document_id: int
    score: float


def test_scores_are_stretched_between_the_lowest_and_the_highest():
    assert stretch([Hit(1, 1, 7), Hit(2, 2, 5), Hit(3, 3, 3)]) == {1: 1.0, 2: 0.5, 3: 0.0}


def test_equal_scores_are_all_the_highest():
    assert stretch([Hit(1, 1, 0.4), Hit(2, 2, 0.4)]) == {1: 1.0, 2: 1.0}


def test_nothing_found_is_nothing_ranked():
    assert fuse([], [], weight=0.5, share=0.3) == []


def test_what_both_searches_find_stands_before_what_one_finds():
    dense = [Hit(1, 1, 0.9), Hit(2, 2, 0.88), Hit(3, 3, 0.5)]
    lexical = [Hit(4, 4, 9), Hit(2, 2, 8.8), Hit(5, 5, 1)]

    ranked = fuse(dense, lexical, weight=0.5, share=0)

    assert ranked[0].passage_id == 2


def test_the_scores_of_each_search_are_kept():
    ranked = fuse([Hit(1, 1, 0.9), Hit(2, 2, 0.5)], [Hit(1, 1, 7.5)], weight=0.5, share=0)

    assert [(hit.dense, hit.lexical) for hit in ranked] == [(0.9, 7.5), (0.5, 0.0)]


def test_a_passage_gains_from_the_best_passage_of_its_document():
    dense = [Hit(1, 1, 1.0), Hit(2, 2, 0.62), Hit(3, 1, 0.6), Hit(4, 4, 0.0)]

    alone = fuse(dense, [], weight=1, share=0)
    shared = fuse(dense, [], weight=1, share=0.3)

    assert [hit.passage_id for hit in alone] == [1, 2, 3, 4]
    assert [hit.passage_id for hit in shared] == [1, 3, 2, 4]


def test_of_equal_passages_the_older_comes_first():
    ranked = fuse([Hit(9, 1, 0.5), Hit(4, 2, 0.5)], [], weight=0.5, share=0.3)

    assert [hit.passage_id for hit in ranked] == [4, 9]


def test_a_long_question_leans_on_meaning_and_a_short_one_on_words():
    settings = RetrievalSettings()

    weights = [settings.weigh_dense("word " * words) for words in (5, 20, 35, 50, 200)]

    assert weights == sorted(weights)
    assert weights[0] == weights[1] == settings.weight_short
    assert settings.weight_short < weights[2] < settings.weight_long
    assert weights[3] == weights[4] == settings.weight_long
