from __future__ import annotations

import pytest

from assistant.answering.language import is_clearly_english, is_clearly_not_english


@pytest.mark.parametrize(
    "text",
    [
        "Est-ce que je peux venir avec ma famille ?",
        "¿Cómo puedo pedir asilo en el Reino Unido?",
        "هل يمكنني تقديم طلب من فرنسا؟",
        "آیا می توانم درخواست بدهم",
        "Tôi có thể nộp đơn cho gia đình không?",
        "Wie kann ich mit meiner Familie kommen?",
        "toi muon nop don cho vo va con",
        "xin chào",
        "A mund të vijë gruaja ime?",
        "a mund te aplikoj nga franca",
        "waxaan rabaa inaan codsado",
        "ez dixwazim serlêdan bikim",
        "salam alaykom fini 2addem bala jawaz",
        "merci beaucoup",
        "ፓስፖርት የብለይን",
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
        "I have an attestation de demande d'asile",
        "me and u go in boat no lawyer so wat do",
        "my name is Đặng, can I apply?",
        "man no me on in do",
        "What does the Dublin rule say?",
        "hello",
        "12345 ???",
        "",
    ],
)
def test_english_is_given_the_benefit_of_the_doubt(text):
    assert not is_clearly_not_english(text)


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("Can they send me back to Italy?", True),
        ("i have no paper can apply", True),
        ("est-ce que je peux venir", False),
        ("a mund te aplikoj", False),
        ("help", False),
    ],
)
def test_english_is_known_for_sure_only_by_most_of_its_words(text, is_english):
    assert is_clearly_english(text) is is_english
