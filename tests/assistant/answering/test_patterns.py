from __future__ import annotations

import json
import re

import pytest

from assistant.answering import patterns, triage


def matches(pattern: str, text: str, **vocabulary: str) -> bool:
    expression = patterns.compile_patterns([pattern], vocabulary)
    assert expression is not None
    return bool(expression.search(patterns.fold_spoken(text)))


def test_words_are_folded_to_lower_case_words_with_single_blanks():
    assert patterns.fold_words("  Can’t\tI, please?! ") == "can t i please"
    assert patterns.fold_words("… 🚤 ?") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đến từ Việt Nam", "den tu viet nam"),
        ("fëmijët janë vetëm", "femijet jane vetem"),
        ("à l’aide", "a l aide"),
        ("أُريدُ المُساعَدة", "اريد المساعده"),
        ("می‌خواهم", "میخواهم"),
        ("نمی خواهم", "نمی‌خواهم"),
        ("قایق ها", "قایق‌ها"),
        ("کمک", "كمك"),
        ("عمري ١٥ سنة", "عمري 15 سنة"),
        ("۱۵ ساله", "15 ساله"),
        ("heeeelp", "help"),
        ("ＨＥＬＰ", "help"),
    ],
)
def test_what_readers_write_in_two_ways_is_folded_to_one(one, other):
    assert patterns.fold_spoken(one) == patterns.fold_spoken(other)


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        ("(boat|raft) .. sink*", "the boat is now sinking", True),
        ("(boat|raft) .. sink*", "the boat sinks", True),
        ("(boat|raft) .. sink*", "sinking boat", False),
        ("(boat|raft) & sink*", "sinking boat", True),
        ("(boat|raft) & sink*", "sinking ship", False),
        ("boat & !toy", "a boat", True),
        ("boat & !toy", "a toy boat", False),
        ("(a )?boat", "boat", True),
        ("boat", "boats", False),
        ("one . two", "one a b c two", True),
        ("one . two", "one a b c d two", False),
        ("one .. two", "one a b c d e f g h i two", False),
        ("^hello$", "hello there", False),
        ("{craft} .. sinks", "the raft sinks", True),
    ],
)
def test_patterns_match_whole_words_with_gaps(pattern, text, does):
    assert matches(pattern, text, craft="boat|raft") is does


def test_a_word_may_carry_what_its_language_writes_before_it():
    expression = patterns.compile_patterns(["~قارب"], prefixes="و|ال|بال")

    assert expression is not None
    assert expression.search(patterns.fold_spoken("والماء في القارب"))
    assert not expression.search(patterns.fold_spoken("قاربان"))


def test_a_vocabulary_that_names_itself_is_refused():
    with pytest.raises(ValueError, match="circle"):
        patterns.expand("{one}", {"one": "{two}", "two": "{one}"})


def test_scripts_are_named():
    assert patterns.list_scripts("boat قارب ጃልባ 7") == {"LATIN", "ARABIC", "ETHIOPIC"}


def list_expressions() -> list[str]:
    return [
        expression.pattern
        for rule in triage.get_rules().rules
        for words in rule.words
        for expression in (words.words, words.unless)
        if expression is not None
    ]


def list_nested_repeats(parsed, *, within: bool = False) -> list[str]:
    """Repetitions without an end inside another such: a text could enter them in many ways."""
    found = []
    for operation, argument in parsed:
        name = str(operation)
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            _, most, inner = argument
            endless = most == re._constants.MAXREPEAT
            if within and endless:
                found.append(str(inner))
            found += list_nested_repeats(inner, within=within or endless)
        elif name == "SUBPATTERN":
            found += list_nested_repeats(argument[-1], within=within)
        elif name == "BRANCH":
            for branch in argument[1]:
                found += list_nested_repeats(branch, within=within)
        elif name in {"ASSERT", "ASSERT_NOT"}:
            found += list_nested_repeats(argument[1], within=False)
    return found


def test_no_endless_repetition_of_a_rule_stands_inside_another():
    nested = {
        text
        for expression in list_expressions()
        for text in list_nested_repeats(re._parser.parse(expression))
    }

    assert nested == set()


def test_the_test_of_repetitions_knows_one_that_blows_up():
    assert list_nested_repeats(re._parser.parse("(?:a+ ?)+b"))
    assert not list_nested_repeats(re._parser.parse("(?: (?:there|friend))*$"))


def test_a_hostile_text_is_read_in_stretches_of_bounded_length():
    hostile = " ".join(["we are in the boat help"] * 25)

    stretches = triage.split_stretches(hostile)

    assert max(len(each.split()) for each in stretches) <= triage.STRETCH_WORDS
    assert len(stretches) <= 2 * len(hostile.split()) / triage.STRETCH_WORDS + 1
    assert " ".join(hostile.split()[-5:]) in stretches[-1]


def test_hostile_texts_are_read_to_their_end(shared):
    naughty = [
        str(text)
        for name in ("blns.json", "naughty_strings.json")
        for text in json.loads((shared / "data/hostile" / name).read_text(encoding="utf-8"))
    ]

    for text in naughty:
        triage.find_rule_by_words((text + " ") * 3)
        triage.find_rule_by_words((text * 40)[:600])
