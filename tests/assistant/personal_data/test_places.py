from __future__ import annotations

import pytest

from assistant.personal_data.places import find_addresses, find_births


def cut(find, text):
    return [text[found.start : found.end] for found in find(text)][:1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at 14 Example Street, Leeds LS99 9ZZ", ["14 Example Street, Leeds LS99 9ZZ"]),
        ("12 rue de l'Exemple, 62100 Calais", ["12 rue de l'Exemple, 62100 Calais"]),
        ("postcode ct99 9zz", ["ct99 9zz"]),
        ("room 12 in the Sample Hotel", ["room 12 in the Sample Hotel"]),
        # Public places, towns and sums.
        ("Is 2 Marsham Street the Home Office?", []),
        ("from Calais to Dover", []),
        ("the 2nd of 3 rooms", []),
        ("29000 Euros", []),
    ],
)
def test_where_a_person_lives_is_found(text, found):
    assert cut(find_addresses, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I was born on 3/4/1998.", ["3/4/1998"]),
        ("dob 7 8 2007", ["7 8 2007"]),
        ("né le 14 février 2001", ["14 février 2001"]),
        ("(14/02/1991)", ["14/02/1991"]),
        ("I arrived on 04/09/2025", []),
        ("my visa expired on 01/02/2009", []),
        ("the rules change on 1 October 2026", []),
        ("born in 1998 in Kabul", []),
        ("I am 17", []),
    ],
)
def test_a_day_of_birth_is_found_and_no_other_day(text, found):
    assert cut(find_births, text) == found
