"""Laws of a country that there is not, marked up as legislation.gov.uk marks its own."""

from __future__ import annotations

import pytest

from knowledge.chunking import split_document
from knowledge.legislation import (
    get_data_url,
    get_page_url,
    is_legislation,
    parse_legislation,
)
from knowledge.parsing import PageUnreadable

ACT = "https://www.legislation.gov.uk/ukpga/1890/7"
URL = f"{ACT}/section/5"


def make_law(body: str, *, schedules: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
    <Legislation xmlns="http://www.legislation.gov.uk/namespaces/legislation"
      RestrictExtent="E+W+S" RestrictStartDate="1999-01-02">
      <ukm:Metadata xmlns:ukm="http://www.legislation.gov.uk/namespaces/metadata"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/">
        <dc:title>Harbours Act 1890</dc:title><dct:valid>2020-03-04</dct:valid>
      </ukm:Metadata>
      <Primary><PrimaryPrelims><LongTitle>An Act about harbours.</LongTitle></PrimaryPrelims>
      <Body>{body}</Body>{schedules}</Primary>
      <Commentaries><Commentary><Para><Text>A note of an editor.</Text></Para></Commentary>
      </Commentaries></Legislation>""".encode()


def make_section(number: str, title: str, content: str, attributes: str = "") -> str:
    return (
        f"<P1group {attributes}><Title>{title}</Title>"
        f'<P1 id="section-{number}"'
        f' IdURI="http://www.legislation.gov.uk/id/ukpga/1890/7/section/{number}">'
        f"<Pnumber>{number}</Pnumber><P1para>{content}</P1para></P1></P1group>"
    )


SUBSECTIONS = """
<P2 id="section-5-1"><Pnumber>1</Pnumber><P2para><Text>A keeper must—</Text>
  <P3 id="section-5-1-a"><Pnumber>a</Pnumber><P3para><Text>keep a
    <Substitution ChangeId="k">lamp<CommentaryRef Ref="k"/></Substitution>, and
    </Text></P3para></P3>
  <P3 id="section-5-1-b"><Pnumber>b</Pnumber><P3para><Text>either—</Text>
    <P4 id="section-5-1-b-i"><Pnumber>i</Pnumber><P4para><Text>ring it, or</Text></P4para></P4>
    <P4 id="section-5-1-b-ii"><Pnumber>ii</Pnumber><P4para><Text>. . . . .</Text></P4para></P4>
  </P3para></P3>
  <Text>and do so each night.</Text></P2para></P2>
<P2 id="section-5-2"><Pnumber>2</Pnumber><P2para><Text>. . . . . . . . .</Text></P2para></P2>
<P2 id="section-5-3"><Pnumber>3</Pnumber><P2para><Text>In this section—</Text>
  <UnorderedList><ListItem><Para><Text>“lamp” includes a candle;</Text></Para></ListItem>
  </UnorderedList></P2para></P2>
"""


def parse(body: str, *, url: str = URL, schedules: str = ""):
    return parse_legislation(make_law(body, schedules=schedules), url=url)


def test_subsections_and_items_carry_their_numbers_and_anchors():
    body = f"""<Part id="part-I"><Number>Part I</Number><Title>Keepers</Title>
      <Pblock><Title>Duties</Title>{make_section("5", "Lamps", SUBSECTIONS)}</Pblock></Part>"""

    (section,) = parse(body).sections

    assert section.heading_path == ("Part I Keepers", "Duties", "5 Lamps")
    assert section.url == f"{URL}#section-5"
    assert [(block.text, block.number, block.anchor) for block in section.blocks] == [
        ("(1) A keeper must—", "s.5(1)", "section-5-1"),
        ("(a) keep a lamp, and", "s.5(1)(a)", "section-5-1-a"),
        ("(b) either—", "s.5(1)(b)", "section-5-1-b"),
        ("(i) ring it, or", "s.5(1)(b)(i)", "section-5-1-b-i"),
        ("and do so each night.", "s.5(1)", "section-5-1"),
        ("(3) In this section—", "s.5(3)", "section-5-3"),
        ("“lamp” includes a candle;", "s.5(3)", "section-5-3"),
    ]
    assert [block.lead_in for block in section.blocks] == [None, 0, 0, 2, 0, None, 5]


def test_the_law_has_its_title_and_the_day_since_which_it_stands_so():
    document = parse(make_section("5", "Lamps", "<Text>Words.</Text>"))

    assert document.title == "Harbours Act 1890"
    assert document.description == "An Act about harbours."
    assert document.published_at.date().isoformat() == "2020-03-04"


def test_a_passage_is_cited_by_the_subsection_it_begins_with():
    passages = split_document(parse(make_section("5", "Lamps", SUBSECTIONS))).passages

    assert passages[0].url == f"{URL}#section-5-1"


def test_a_section_of_a_whole_act_is_cited_by_its_own_page():
    (section,) = parse(make_section("5", "Lamps", "<Text>Words.</Text>"), url=ACT).sections

    assert section.url == f"{ACT}/section/5#section-5"
    assert section.blocks[0].number == "s.5"


def test_a_section_put_into_another_act_has_the_number_it_will_have_there():
    quoted = make_section(
        "5",
        "Change",
        """
      <P2 id="section-5-1"><Pnumber>1</Pnumber><P2para><Text>After section 9 insert—</Text>
      <BlockAmendment TargetClass="primary" Context="main"><P1group><Title>Bells</Title>
        <P1><Pnumber>9A</Pnumber><P1para><P2><Pnumber>1</Pnumber><P2para><Text>A bell is a lamp.
        </Text></P2para></P2></P1para></P1></P1group></BlockAmendment>
      <AppendText>.</AppendText></P2para></P2>
      <P2 id="section-5-2"><Pnumber>2</Pnumber><P2para><Text>This ends it.</Text></P2para></P2>""",
    )

    sections = parse(quoted).sections

    assert [section.heading_path for section in sections] == [
        ("5 Change",),
        ("5 Change", "9A Bells"),
        ("5 Change",),
    ]
    inserted = sections[1].blocks[0]
    assert (inserted.text, inserted.number) == ("(1) A bell is a lamp.", "s.9A(1)")
    assert inserted.anchor == "section-5-1"
    assert sections[2].blocks[0].number == "s.5(2)"


def test_words_put_into_an_unnamed_place_have_no_number():
    quoted = make_section(
        "5",
        "Change",
        """<Text>At the end insert—</Text>
      <BlockAmendment><P2><Pnumber>4</Pnumber><P2para><Text>Bells count.</Text></P2para></P2>
      </BlockAmendment>""",
    )

    (section,) = parse(quoted).sections

    assert [(block.text, block.number) for block in section.blocks] == [
        ("At the end insert—", "s.5"),
        ("(4) Bells count.", ""),
    ]


def test_a_paragraph_of_a_schedule_is_numbered_by_both():
    schedules = """<Schedules><Title>SCHEDULES</Title><Schedule id="schedule-1">
      <Number>Schedule 1</Number><TitleBlock><Title>Bells</Title></TitleBlock>
      <ScheduleBody><P1 id="schedule-1-paragraph-2"><Pnumber>2</Pnumber><P1para>
      <P2 id="schedule-1-paragraph-2-1"><Pnumber>1</Pnumber><P2para><Text>A bell rings.</Text>
      </P2para></P2></P1para></P1></ScheduleBody></Schedule></Schedules>"""

    section = parse(
        make_section("5", "Lamps", "<Text>Words.</Text>"), schedules=schedules
    ).sections[1]

    assert section.heading_path == ("Schedule 1 Bells", "2")
    assert section.blocks[0].number == "Sch.1 para.2(1)"
    assert section.blocks[0].anchor == "schedule-1-paragraph-2-1"


def test_what_is_not_law_yet_or_not_everywhere_says_so_in_its_heading():
    body = (
        make_section("5", "Lamps", "<Text>Words.</Text>", 'Status="Prospective"')
        + make_section("6", "Bells", "<Text>Words.</Text>", 'RestrictExtent="S"')
        + f'<Part Status="Prospective">{make_section("7", "Ropes", "<Text>Words.</Text>")}</Part>'
    )

    headings = [section.heading_path[-1] for section in parse(body).sections]

    assert headings == [
        "5 Lamps (not yet in force)",
        "6 Bells (extent: S)",
        "7 Ropes (not yet in force)",
    ]


def test_a_wording_kept_for_the_record_is_left_out():
    past = make_section(
        "5", "Lamps", "<Text>Old words.</Text>", 'Match="false" RestrictEndDate="2001-01-01"'
    )

    document = parse(past + make_section("6", "Bells", "<Text>Words.</Text>"))

    assert [section.heading_path for section in document.sections] == [("6 Bells",)]


def test_the_rows_of_a_table_carry_the_names_of_its_columns():
    table = """<Text>The fees are—</Text><Tabular><table xmlns="http://www.w3.org/1999/xhtml">
      <thead><tr><th>Boat</th><th>Fee</th></tr></thead>
      <tbody><tr><td>Small</td><td>2</td></tr></tbody></table></Tabular>"""

    (section,) = parse(make_section("5", "Fees", table)).sections

    assert section.blocks[1].text == "Boat: Small; Fee: 2"
    assert section.blocks[1].lead_in == 0


@pytest.mark.parametrize(
    "body",
    [
        make_law(make_section("5", "Lamps", "<Text>. . . .</Text>")),
        b"<Legislation><Body>",
    ],
)
def test_a_law_without_words_is_reported(body):
    with pytest.raises(PageUnreadable):
        parse_legislation(body, url=URL)


def test_only_legislation_gov_uk_has_a_second_address_for_its_data():
    assert get_data_url(URL) == f"{URL}/data.xml"
    assert get_data_url(f"{URL}/data.xml") == f"{URL}/data.xml"
    assert get_data_url("https://www.gov.uk/a") == "https://www.gov.uk/a"
    assert get_page_url(f"{URL}/data.xml") == URL
    assert get_page_url("https://www.gov.uk/data.xml") == "https://www.gov.uk/data.xml"


def test_a_law_is_known_by_its_first_element():
    assert is_legislation(make_law(""))
    assert is_legislation(b"\xef\xbb\xbf<Legislation xmlns='a'/>")
    assert not is_legislation(b"<html><body>Legislation</body></html>")
