from __future__ import annotations

import pytest

from assistant.personal_data.contacts import (
    find_accounts,
    find_emails,
    find_phones,
    read_digits,
)


def cut(find, text):
    found = dict.fromkeys(find(text))
    return [text[each.start : each.end] for each in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to a.test@example.com.", ["a.test@example.com"]),
        ("a test at gmail dot com", ["test at gmail dot com"]),
        ("UETAS@homeoffice.gov.uk", []),
        ("I arrived at Dover. Com", []),
    ],
)
def test_an_e_mail_address_is_found_unless_it_is_an_authority_s(text, found):
    assert cut(find_emails, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on 07700 900123 or", ["07700 900123"]),
        ("+33 1 99 00 12 34", ["+33 1 99 00 12 34"]),
        ("٠٧٧٠٠٩٠٠١٢٣", ["٠٧٧٠٠٩٠٠١٢٣"]),
        ("my number is 2079460000", ["2079460000"]),
        # A service's, a row of years, a day, a sum.
        ("0800 808 3733 and +44 808 801 0503", []),
        ("2019 2020 2021", []),
        ("15.03.2024", []),
        ("£100000000", []),
    ],
)
def test_a_phone_number_is_found_unless_it_is_a_service_s_or_none(text, found):
    assert cut(find_phones, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://www.facebook.com/test.person", ["https://www.facebook.com/test.person"]),
        ("https://www.gov.uk/government/publications/x?id=1", []),
        ("https://www.bbc.co.uk/news/uk-66000000", []),
        ("I am @test_person there", ["@test_person"]),
        ("my telegram is testperson77", ["testperson77"]),
        ("my facebook is not open", []),
    ],
)
def test_a_person_s_account_is_found_and_a_public_page_is_not(text, found):
    assert cut(find_accounts, text) == found


def test_digits_of_other_scripts_are_read_as_ours():
    assert read_digits("٠٧ ۰۷ 07") == "070707"
