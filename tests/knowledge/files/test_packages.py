from __future__ import annotations

import io
import zipfile

import pytest

from knowledge.files.packages import read_parts, read_xml
from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from tests.knowledge.files.making import make_package

LIMITS = FileLimits(unpacked_bytes=100_000)


def test_a_package_gives_its_xml_parts_and_leaves_pictures_packed():
    parts = read_parts(make_package({"a.xml": "<a/>", "b.png": "…"}), LIMITS)

    assert parts == {"a.xml": b"<a/>"}


def test_a_package_that_says_it_is_huge_is_not_opened():
    bomb = make_package({"a.xml": "<a>" + " " * 200_000 + "</a>"})

    with pytest.raises(Unreadable) as error:
        read_parts(bomb, LIMITS)

    assert len(bomb) < 1_000
    assert error.value.refusal is Refusal.TOO_LARGE_INSIDE


def test_a_part_that_lies_about_its_size_is_stopped_or_found_damaged():
    honest = make_package({"a.xml": "<a>" + " " * 200_000 + "</a>"})
    size = (200_007).to_bytes(4, "little")
    lying = honest.replace(size, (50).to_bytes(4, "little"))

    with pytest.raises(Unreadable) as error:
        read_parts(lying, LIMITS)

    assert error.value.refusal in {Refusal.TOO_LARGE_INSIDE, Refusal.DAMAGED}


def test_a_part_that_defines_entities_is_refused():
    laughs = '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;">]><a>&m;</a>'

    with pytest.raises(Unreadable) as error:
        read_parts(make_package({"a.xml": laughs}), LIMITS)

    assert error.value.refusal is Refusal.ENTITIES


def test_entities_hidden_in_another_encoding_are_refused_too():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("a.xml", '<!DOCTYPE a [<!ENTITY l "ha">]><a>&l;</a>'.encode("utf-16"))

    with pytest.raises(Unreadable) as error:
        read_parts(file.getvalue(), LIMITS)

    assert error.value.refusal is Refusal.ENTITIES


def test_a_truncated_package_is_damaged():
    whole = make_package({"a.xml": "<a>many words</a>" * 50})

    with pytest.raises(Unreadable) as error:
        read_parts(whole[: len(whole) // 2], LIMITS)

    assert error.value.refusal is Refusal.DAMAGED


def test_xml_that_breaks_off_is_damaged():
    with pytest.raises(Unreadable) as error:
        read_xml(b"<a><b>")

    assert error.value.refusal is Refusal.DAMAGED
