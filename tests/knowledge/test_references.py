import pytest

from knowledge.references import (
    ANOTHER,
    ECHR,
    get_series,
    list_keys,
    make_key,
    read_references,
    read_title_names,
)


def read(text):
    return [each.written for each in read_references(text)]


def read_keys(text):
    return [each.keys[0] for each in read_references(text)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("What does ABC 2.3 say?", "ABC 2.3"),
        ("abc2.3", "ABC 2.3."),
        ("ABC 2.3(b) please", "ABC 2.3(b)"),
        ("e-xyz 3.1", "E-XYZ.3.1"),
        ("EXYZ3.1", "E-XYZ.3.1"),
        ("AB(CD)1.1", "AB(CD)1.1"),
        ("AB (CD) 1.1", "AB(CD)1.1"),
        ("paragraph 427AB", "427AB"),
        ("para 433a", "433A"),
        ("paras 452D and 452E", "452D"),
        ("what of 427F?", "427F"),
        ("rule 445A", "445A"),
        ("s.90B", "s.90B"),
        ("S 90b", "s.90B"),
        ("section 90B(2)(a)", "s.90B(2)(a)"),
        ("art. 7", "Article 7"),
        ("regulation 5", "reg.5"),
        ("XY7", "XY7."),
    ],
)
def test_a_reference_and_its_number_have_one_key(text, number):
    assert make_key(number) in read_references(text)[0].keys


@pytest.mark.parametrize(
    "text",
    [
        "it's 5 days",
        "the Immigration Rules 2025",
        "he is 18 and paid 500 euro",
        "come at 10am on the 21st",
        "TB 6 months ago",
        "what is part 2 of the form",
        "B1 English",
        "",
    ],
)
def test_other_numbers_name_nothing(text):
    assert read(text) == []


def test_several_of_one_label_are_several_references():
    assert read("sections 90B, 90C and 91?") == ["sections 90B", "sections 90C", "sections 91"]


def test_a_command_paper_is_read_with_and_without_its_space():
    assert read_keys("CP 1999 and hc2001") == ["cp1999", "hc2001"]
    assert read_keys("a man of cm 150") == []


def test_only_what_can_mean_nothing_else_is_sure():
    sure = {each.written: each.is_sure for each in read_references("paragraph 427AB, CP 1999")}

    assert sure == {"paragraph 427AB": True, "CP 1999": True}
    assert not any(each.is_sure for each in read_references("427F, IELTS 6.5, XY7"))


def test_a_number_in_a_series_says_which_series_makes_it_sure():
    assert read_references("ABC 99.1")[0].series == "abc"
    assert get_series("ABC 2.3(b)") == "abc"
    assert get_series("427F") == ""


@pytest.mark.parametrize(
    ("text", "treaty"),
    [
        ("art 8 ECHR", ECHR),
        ("Article 8 of the European Convention on Human Rights", ECHR),
        ("article 8 of the agreement", ANOTHER),
        ("Article 8 of the Paris treaty", ANOTHER),
        ("Article 8 and my family", ""),
    ],
)
def test_an_article_belongs_to_the_treaty_that_the_text_says(text, treaty):
    assert read_references(text)[0].treaty == treaty


def test_a_number_stands_under_others():
    assert list(list_keys("ABC 2.3(b)(i)")) == ["abc2.3(b)(i)", "abc2.3(b)", "abc2.3"]


def test_the_words_after_appendix_may_be_its_name():
    assert read_title_names("Does appendix Blue Moon say so? And APPENDIX AB-C?") == (
        ("Blue", "Moon", "say", "so"),
        ("AB", "C"),
    )
    assert read_title_names("no such word") == ()
