"""Official papers as PDF, looked at with poppler: what is read, where ink lies."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Thread

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from reports.document import (
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Document,
    Emblem,
    Heading,
    Line,
    MemoHead,
    PageBreak,
    Paragraph,
    Signatures,
    Table,
    Title,
    cell,
)
from reports.pdf import as_data, to_pdf
from reports.typeset import TypesetError
from tests.reports import papers

WIDE = (1.9, 27.75)  # cm: where ink of a page on its side may lie, measured to a pixel
TALL = (2.9, 19.05)


def test_a_report_of_fifty_rows_and_twelve_columns(tmp_path: Path) -> None:
    pdf = to_pdf(papers.report(50))
    pages = papers.text_pages(pdf, tmp_path)
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert len(opened.pages) == len(pages) > 10
        assert all(page.mediabox[2] > page.mediabox[3] for page in opened.pages)
    everything = "".join(pages)
    for number in range(1, 51):
        thai = str(number).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
        assert f"E{thai}" in everything
    # The header stands on every page, the number on all but the first, and nothing in a margin.
    for number, page in enumerate(pages, 1):
        assert "ดำเนินการ" in page
        assert "EIT" in page
        assert ("-" + str(number).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")) + "-" in page) == (number > 1)
    for picture in papers.pictures(pdf, tmp_path):
        edges = papers.ink(picture)
        assert edges is not None
        assert edges[0] >= WIDE[0]
        assert edges[2] <= WIDE[1]
        assert edges[3] <= 20.6


def test_a_row_that_goes_on_overleaf_says_so(tmp_path: Path) -> None:
    paper = papers.report(3)
    pages = papers.text_pages(to_pdf(paper), tmp_path)
    assert len(pages) > 1
    continued = [page for page in pages[1:] if "(ต่อ)" in page]
    assert continued, "the third row is longer than what is left of a page"
    for page in continued:
        # The number, the indicator and the item stand there again.
        assert re.search(r"[๑-๓]ตัวชี้วัด", page)
        assert re.search(r"E[๑-๓]", page)
    assert "(ต่อ)" not in pages[0]
    # Two long rows in one place: no row says it that has ended.
    short = replace(paper.blocks[2], rows=(papers.row(1),))
    assert "(ต่อ)" not in "".join(papers.text_pages(to_pdf(replace(paper, blocks=(short,))), tmp_path))


def test_columns_too_narrow_for_their_words_are_widened_or_the_letters_made_smaller(tmp_path: Path) -> None:
    columns = tuple(replace(column, width=0.01 if number % 2 else 1) for number, column in enumerate(papers.COLUMNS))
    for picture in papers.pictures(to_pdf(papers.report(4, columns)), tmp_path):
        edges = papers.ink(picture)
        assert edges is not None
        assert edges[0] >= WIDE[0]
        assert edges[2] <= WIDE[1]


def test_no_word_runs_over_its_rule(tmp_path: Path) -> None:
    """Between two rules of an empty neighbour there is only white."""
    long_words = ("ประชาสัมพันธ์", "อิเล็กทรอนิกส์", "พระราชกฤษฎีกา", "ก" * 120, "W" * 90, "ปี้ๆ" * 30, papers.ADDRESS)
    table = Table(
        (Column("ก", 1), Column("", 1), Column("ข", 12)),
        tuple((cell(word), Cell(), cell("คำอธิบาย")) for word in long_words),
    )
    (picture,) = papers.pictures(to_pdf(Document("ทดสอบ", (table,), thai_digits=False)), tmp_path, dpi=150)
    picture = picture.convert("L")
    # The rules are the columns of pixels that are dark along nearly the whole table.
    box = papers.ImageOps.invert(picture).point(lambda level: 255 if level > 40 else 0).getbbox()
    assert box is not None
    left, top, right, bottom = box
    dark = [
        x
        for x in range(left, right)
        if sum(picture.getpixel((x, y)) < 160 for y in range(top, bottom)) > 0.95 * (bottom - top)
    ]
    rules = [x for at, x in enumerate(dark) if at == 0 or x - dark[at - 1] > 2]
    assert len(rules) == 4
    empty = picture.crop((rules[1] + 4, top + 60, rules[2] - 2, bottom - 2))
    lines = [empty.getpixel((empty.width // 2, y)) for y in range(empty.height)]
    for y in range(empty.height):
        if lines[y] == 255:
            assert min(empty.crop((0, y, empty.width, y + 1)).tobytes()) > 200, "a word runs over the rule"


def test_a_memo(tmp_path: Path) -> None:
    pdf = to_pdf(papers.memo())
    everything = "".join(papers.text_pages(pdf, tmp_path))
    for expected in ("บันทึกข้อความ", "ส่วนราชการ", "๗๐๐๐๑/๑๒๓", "๙๑.๐๔", "รักษาราชการแทน", "โปรดทราบ"):
        assert expected in everything
    # Digits of an address are never changed.
    assert "https://itas.nacc.go.th/home/result2566" in everything
    for picture in papers.pictures(pdf, tmp_path):
        edges = papers.ink(picture)
        assert edges is not None
        assert TALL[0] <= edges[0]
        assert edges[2] <= TALL[1]
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.docinfo["/Title"] == "บันทึกข้อความ รายงานผลการประเมิน ITA"
        assert "/Author" not in opened.docinfo
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20230804")
        assert str(opened.Root.Lang).startswith("th")
        assert opened.Root.MarkInfo.Marked
        with opened.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
        addresses = [str(link.A.URI) for page in opened.pages for link in page.get("/Annots", []) if "/A" in link]
        assert set(addresses) == {"https://itas.nacc.go.th/home/result2566"}


def test_the_place_of_the_garuda(tmp_path: Path) -> None:
    free = papers.pictures(to_pdf(papers.announcement()), tmp_path)[0]
    edges = papers.ink(free)
    assert edges is not None
    assert edges[1] > 2.5 + 3, "three centimetres stay free for the Garuda of the paper"
    square = BytesIO()
    Image.new("RGB", (60, 60), "black").save(square, "PNG")
    given = papers.pictures(to_pdf(replace(papers.announcement(), garuda=square.getvalue())), tmp_path)[0]
    edges = papers.ink(given)
    assert edges is not None
    assert abs(edges[1] - 2.5) < 0.15
    with pytest.raises(TypesetError):
        to_pdf(replace(papers.announcement(), garuda=b"GIF89a"))


def test_the_same_document_gives_the_same_bytes() -> None:
    assert to_pdf(papers.memo()) == to_pdf(papers.memo())
    assert to_pdf(replace(papers.memo(), dated="")) == to_pdf(replace(papers.memo(), dated=""))
    assert to_pdf(papers.memo()) != to_pdf(replace(papers.memo(), thai_digits=False))


def test_many_threads_at_once() -> None:
    kinds = [papers.memo(), papers.announcement(), papers.report(2)]
    expected = [to_pdf(kind) for kind in kinds]
    got: dict[int, bytes] = {}

    def work(number: int) -> None:
        got[number] = to_pdf(kinds[number % 3])

    threads = [Thread(target=work, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(got[number] == expected[number % 3] for number in range(9))


@pytest.mark.parametrize(
    "blocks",
    [
        (),
        (Paragraph(""), Title(()), Heading(""), Bullets(()), Signatures(()), Signatures((), side_by_side=True)),
        (PageBreak(), Chart("", (), ()), PageBreak(), MemoHead("", "", "", "", "")),
        (Table((), ((cell("ก"),),)), Table((Column("ก"),), ())),
        (Table((Column("ก", group="A"), Column("ข", group="A")), ((cell("1"),), (Cell(span=5),)), repeat=(7,)),),
    ],
)
def test_a_document_may_lack_anything(blocks: tuple[Block, ...]) -> None:
    assert to_pdf(Document("", blocks)).startswith(b"%PDF")


def test_a_cell_longer_than_pages_goes_on_and_on(tmp_path: Path) -> None:
    long = Cell(tuple(Line(f"ข้อ {number} ประชุมชี้แจงผู้ที่เกี่ยวข้องทุกหน่วยงาน") for number in range(150)))
    columns = (Column("ที่", 0.3), Column("ชื่อ"), Column("ผล", 2))
    paper = Document("ทดสอบ", (Table(columns, ((cell("1"), cell("มาตรการ"), long),), repeat=(0, 1)),))
    pages = papers.text_pages(to_pdf(paper), tmp_path)
    assert len(pages) > 3
    assert ["(ต่อ)" in page for page in pages] == [False] + [True] * (len(pages) - 1)
    assert all("มาตรการ" in page for page in pages)
    # A cell that itself goes on is not repeated over its own words.
    twice = replace(paper, blocks=(Table(columns, ((cell("1"), long, long),), repeat=(0, 1)),))
    pages = papers.text_pages(to_pdf(twice), tmp_path)
    assert all("(ต่อ)" in page for page in pages[1:])
    assert all(page.count("ข้อ๐ประ") == 0 for page in pages[1:])


def test_a_letter_that_no_typeface_has(tmp_path: Path) -> None:
    pdf = to_pdf(Document("ทดสอบ", (Paragraph("ขอบคุณ 🙏 ครับ"),), dated="2023-04-04"))
    assert "ขอบคุณ" in papers.text_pages(pdf, tmp_path)[0]


def test_the_garuda_of_a_memo_stands_beside_its_heading() -> None:
    head = MemoHead("ก", "ข", "ค", "ง", "จ")
    data, _ = as_data(Document("ทดสอบ", (Emblem(1.5, "left"), head)))
    assert [(block["kind"], block.get("emblem_cm")) for block in data["blocks"]] == [("memo", 1.5)]


def test_what_people_type_is_no_command(tmp_path: Path) -> None:
    wild = r'#set page(fill: black) $x^2$ *หนา* _เอียง_ [a] <b> \ "q" @ref `raw` // /* = - + ~ {{x}} #import "x"'
    table = Table((Column("หัว #x"), Column("ก")), ((cell(wild), cell(wild, bullet=True)),))
    pdf = to_pdf(Document(wild, (Paragraph(wild), table), thai_digits=False, footer=wild, author=wild))
    (page,) = papers.text_pages(pdf, tmp_path)
    assert page.count("#setpage(fill:black)") == 4
    for mark in ("$x^2$", "*หนา*", "_เอียง_", "[a]<b>\\", "@ref", "`raw`", "/*", '#import"x"'):
        assert mark in page


pieces = st.lists(
    st.one_of(
        st.sampled_from(["ที่นี่", "กี่", "น้ำ", "ปี้", "ญู่ฐู่", "คณะทำงาน", "ผู้บริหาร", "ๆ", "ฯ", "ก็", "เแโใไ", "ำ", "ํา", "่้๊๋"]),
        st.sampled_from(
            ["#", "$", "*", "_", "[", "]", "<", ">", "\\", '"', "\n", "\t", " ", "\u200b", "\u2060", "\x07"]
        ),
        st.sampled_from([papers.ADDRESS, "www.ก.go.th/ก/" + "ข" * 90, "clerk@sommut.go.th", "X" * 300, "ก" * 300]),
        st.text(alphabet=st.characters(min_codepoint=0xE01, max_codepoint=0xE5B), max_size=60),
        st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=20),
    ),
    max_size=8,
).map("".join)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces, pieces, pieces, st.booleans())
def test_any_text_stays_inside_the_margins(tmp_path: Path, one: str, two: str, three: str, thai: bool) -> None:
    table = Table(
        (Column("ที่", 0.3, "center"), Column(one[:60]), Column(two[:60], 0.2), Column("ผล", 0.5, "right", "กลุ่ม")),
        (
            (cell("1"), cell(one, bullet=True), cell(two), Cell((Line(three, tick=True, bold=True),))),
            (Cell((Line(three),), span=3), cell(one)),
        ),
        repeat=(0,),
        caption=(three,),
    )
    pdf = to_pdf(
        Document("ทดสอบ", (Paragraph(one), table, Paragraph(two, align="center", bold=True)), thai_digits=thai)
    )
    for picture in papers.pictures(pdf, tmp_path):
        edges = papers.ink(picture)
        if edges is not None:
            # A mark without its letter hangs a little into the margin, as in every typeface.
            assert TALL[0] - 0.35 <= edges[0]
            assert edges[2] <= TALL[1] + 0.35
            assert edges[3] <= 27.8
