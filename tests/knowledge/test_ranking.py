from __future__ import annotations

import pytest

from knowledge.ranking import Scored, fuse, standardise


def scored(passage_id: int, document_id: int, score: float) -> Scored:
    return Scored(passage_id, document_id, score, score)


def test_scores_are_counted_from_the_mean_in_standard_deviations():
    parts = standardise([scored(1, 1, 7), scored(2, 2, 5), scored(3, 3, 3)])

    assert parts == pytest.approx({1: 1.2247, 2: 0, 3: -1.2247}, abs=1e-4)


def test_equal_scores_part_nothing():
    assert standardise([scored(1, 1, 0.4), scored(2, 2, 0.4)]) == {1: 0.0, 2: 0.0}


def test_nothing_found_is_nothing_ranked():
    assert fuse([], [], weight=0.5, share=0.3) == []


def test_what_both_searches_find_stands_before_what_one_finds():
    dense = [scored(1, 1, 0.9), scored(2, 2, 0.88), scored(3, 3, 0.5)]
    lexical = [scored(4, 4, 9), scored(2, 2, 8.8), scored(5, 5, 1)]

    ranked = fuse(dense, lexical, weight=0.5, share=0)

    assert ranked[0].passage_id == 2


def test_a_search_that_did_not_find_a_passage_counts_as_its_least_score():
    dense = [scored(1, 1, 0.9), scored(2, 2, 0.5)]
    lexical = [scored(2, 2, 9), scored(3, 3, 1)]

    scores = {hit.passage_id: hit.score for hit in fuse(dense, lexical, weight=0.5, share=0)}

    assert scores[1] == scores[2] > scores[3]


def test_what_is_reported_is_not_what_ranks():
    dense = [Scored(1, 1, 1.2, shown=0.9), Scored(2, 2, 0.6, shown=0.5)]
    lexical = [Scored(1, 1, 15, shown=7.5)]

    ranked = fuse(dense, lexical, weight=0.5, share=0)

    assert [(hit.dense, hit.lexical) for hit in ranked] == [(0.9, 7.5), (0.5, 0.0)]


def test_a_passage_gains_from_the_best_passage_of_its_document():
    dense = [scored(1, 1, 1.0), scored(2, 2, 0.62), scored(3, 1, 0.6), scored(4, 4, 0.0)]

    alone = fuse(dense, [], weight=1, share=0)
    shared = fuse(dense, [], weight=1, share=0.3)

    assert [hit.passage_id for hit in alone] == [1, 2, 3, 4]
    assert [hit.passage_id for hit in shared] == [1, 3, 2, 4]


def test_of_equal_passages_the_older_comes_first():
    ranked = fuse([scored(9, 1, 0.5), scored(4, 2, 0.5)], [], weight=0.5, share=0.3)

    assert [hit.passage_id for hit in ranked] == [4, 9]
