from __future__ import annotations

import pytest

from assistant.answering.language import is_clearly_not_english


@pytest.mark.parametrize(
    "text",
    [
        "Est-ce que je peux venir avec ma famille ?",
        "¿Cómo puedo pedir asilo en el Reino Unido?",
        "هل يمكنني تقديم طلب من فرنسا؟",
        "آیا می توانم درخواست بدهم",
        "Tôi có thể nộp đơn cho gia đình không?",
        "Wie kann ich mit meiner Familie kommen?",
    ],
)
def test_another_language_is_noticed(text):
    assert is_clearly_not_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "man say 900 euro he do form is true",
        "i have titre de sejour can apply",
        "SPADA GUDA OFPRA",
        "What does the Dublin rule say?",
        "hello",
        "12345 ???",
        "",
    ],
)
def test_english_is_given_the_benefit_of_the_doubt(text):
    assert not is_clearly_not_english(text)
