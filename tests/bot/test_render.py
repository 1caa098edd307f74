"""Whatever a slice says, LINE gets messages inside its limits, and no word is lost."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.render import BUBBLE_BYTES, calls, render
from bot.shorten import may_cut, pieces, shorten, units
from bot.simulator.contract import check_messages
from handlers.messages import Card, Choice, Message, Picture, Pin, Row, Say

CONTRACT = Path(__file__).parents[3] / "shared/line/messaging-api.strict.yml"  # an extra judge where it exists

# -- a judge of LINE's limits, written from the reference ------------------------------------------------


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


def assert_within_limits(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        match message["type"]:
            case "text":
                assert 0 < units(message["text"]) <= 5000
                assert message["text"].strip()
            case "flex":
                assert 0 < len(message["altText"]) <= 400
                assert len(json.dumps(message["contents"], ensure_ascii=False).encode()) <= 30 * 1024
            case "image":
                assert message["originalContentUrl"].startswith(("https://", "http://127.0.0.1"))
            case "location":
                assert 0 < len(message["title"]) <= 100
                assert 0 < len(message["address"]) <= 100
            case other:
                pytest.fail(f"unexpected message {other}")
        for part in walk(message):
            assert len(part.get("label", "")) <= 20
            assert units(part.get("data", "")) <= 300
            assert units(part.get("displayText", "")) <= 300
            if part.get("type") == "message":
                assert units(part["text"]) <= 300
            if "uri" in part:
                assert len(part["uri"]) <= 1000
                assert part["uri"].isascii()
                assert part["uri"].startswith(("http://", "https://", "tel:"))
            if part.get("type") in {"text", "button"} and message["type"] == "flex":
                assert part["scaling"] is True
    assert not any("quickReply" in message for message in messages[:-1])
    if messages:
        assert len(messages[-1].get("quickReply", {}).get("items", [])) <= 13


@cache
def strict_contract() -> jsonschema.Draft4Validator | None:
    if not CONTRACT.exists():
        return None
    schemas = yaml.load(CONTRACT.read_text(), Loader=yaml.CSafeLoader)["components"]["schemas"]
    root = {"components": {"schemas": schemas}, "$ref": "#/components/schemas/ValidateMessageRequest"}
    return jsonschema.Draft4Validator(root)


def assert_line_takes(messages: list[dict[str, Any]]) -> None:
    """Our judge, the stand-in's contract and, where it lies beside the project, LINE's own made strict."""
    assert_within_limits(messages)
    for at in range(0, len(messages), 5):
        check_messages("validate", {"messages": messages[at : at + 5]})
        if (contract := strict_contract()) is not None:
            contract.validate({"messages": messages[at : at + 5]})


# -- hostile messages ------------------------------------------------------------------------------------

signs = st.one_of(
    st.characters(),
    st.sampled_from(
        ["ที่", "น้ำ", "กี่", "เ", "แ", "ำ", "์", "👩‍👩‍👧‍👦", "🇹🇭", "👍🏽", "\u200b", "\x00", "\n", " ", "é", "ค่ะ ", "\ud800"]
    ),
)
words = st.one_of(
    st.lists(signs, max_size=60).map("".join),
    st.builds(
        lambda word, times: word * times, st.sampled_from(["ก", "ที่", "👩‍👩‍👧‍👦", "คำ ", "x"]), st.integers(0, 6000)
    ),
)
addresses = st.one_of(
    words,
    st.sampled_from(
        [
            "https://ตำบล.ไทย/ถนน หลัก?q=ขยะ&x=100%",
            "http://127.0.0.1:8000/a.jpg",
            "https://" + "a" * 3000 + ".th",
            "https://a.th/" + "ก" * 400,
            "javascript:alert(1)",
            "https://[",
            "https://user:pw@a.th/",
            "https://a.th:99999/",
            "//a.th",
        ]
    ),
)
choices = st.builds(
    Choice,
    words,
    st.one_of(words, addresses, st.sampled_from(["๐๒-๑๒๓ ๔๕๖๗ ต่อ 12", "+66 81 234 5678"])),
    st.sampled_from(["postback", "text", "link", "call", "location", "camera", "album"]),
)
many_choices = st.lists(choices, max_size=20).map(tuple)
hostile = st.one_of(
    st.builds(Say, words, many_choices),
    st.builds(
        Card,
        words,
        st.lists(st.builds(Row, words, words, words), max_size=12).map(tuple),
        words,
        many_choices,
        many_choices,
        addresses,
    ),
    st.builds(Picture, addresses, words, addresses),
    st.builds(Pin, words, words, st.floats(), st.floats()),
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(hostile, max_size=7), st.booleans(), st.booleans())
def test_line_takes_whatever_is_said(messages: list[Message], loopback: bool, words_only: bool) -> None:
    assert_line_takes(render(messages, allow_loopback=loopback, words_only=words_only))
    for call in calls(messages, allow_loopback=loopback, words_only=words_only):
        assert 1 <= len(call) <= 5
        assert len(json.dumps(call)) < 2_000_000


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(max_examples=150, deadline=None)
@given(st.lists(signs, max_size=80).map("".join), st.integers(20, 60))
def test_pieces_keep_every_sign_and_cut_none(text: str, most: int) -> None:
    parts = pieces(text, most)
    assert all(units(part) <= most for part in parts)
    whole, at = squeezed(text), 0
    for part in map(squeezed, parts):
        found = whole.index(part, at)
        lost = whole[at:found]
        assert all(unicodedata.category(c) in ("Cf", "Mn", "Me") for c in lost)  # invisible by itself
        at = found + len(part)


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    sentence = "ขอบคุณที่แจ้งเรื่องเข้ามาค่ะ เจ้าหน้าที่จะดูให้ค่ะ "
    found = render([Say(sentence * 300)])
    assert [message["type"] for message in found] == ["text"] * len(found)
    assert all(message["text"].endswith("ค่ะ") for message in found)
    assert squeezed("".join(message["text"] for message in found)) == squeezed(sentence * 300)


@pytest.mark.parametrize("cluster", ["ที่", "น้ำ", "เก็", "👩‍👩‍👧‍👦", "🇹🇭", "👍🏽", "e\u0301"])
def test_nothing_that_reads_as_one_sign_is_cut(cluster: str) -> None:
    for most in range(20, 40):
        for part in pieces(cluster * 40, most):
            assert part == cluster * (len(part) // len(cluster))
        label = shorten(cluster * 40, most)
        assert len(label) <= most
        assert label.rstrip("…") == cluster * (len(label.rstrip("…")) // len(cluster))


def test_flags_are_cut_between_flags_only() -> None:
    assert [at for at in range(1, 8) if may_cut("🇹🇭🇯🇵🇰🇷🇱🇦", at)] == [2, 4, 6]


def test_a_short_label_stays_and_a_long_one_shows_that_it_goes_on() -> None:
    assert shorten("คุยกับเจ้าหน้าที่", 20) == "คุยกับเจ้าหน้าที่"
    assert shorten("ติดตามสถานะเรื่องร้องเรียน", 20) == "ติดตามสถานะเรื่องร้…"


# -- quick replies ---------------------------------------------------------------------------------------


def labels(message: dict[str, Any]) -> list[str]:
    return [item["action"]["label"] for item in message["quickReply"]["items"]]


def test_quick_replies_of_all_messages_stand_on_the_last() -> None:
    officer = Choice("คุยกับเจ้าหน้าที่", "officer")
    found = render([Say("หนึ่ง", (officer, Choice("ก", "a"))), Say("สอง", (officer, Choice("ข", "b")))])
    assert "quickReply" not in found[0]
    assert labels(found[1]) == ["คุยกับเจ้าหน้าที่", "ก", "ข"]


def test_choices_beyond_thirteen_are_said_in_words_and_the_menu_stays() -> None:
    many = [Choice(f"หมู่ {n}", f"village:{n}") for n in range(1, 21)]
    found = render([Say("อยู่หมู่ไหนคะ", (*many, Choice("ส่งตำแหน่ง", action="location")))])
    assert len(labels(found[-1])) == 13
    assert labels(found[-1])[-2:] == ["ส่งตำแหน่ง", "เมนู"]
    said = "\n".join(message["text"] for message in found)
    for choice in many:
        assert choice.label in labels(found[-1]) or f"• {choice.label}" in said.split("\n")


@pytest.mark.parametrize(
    "choice",
    [
        Choice("เว็บไซต์", "https://a.th/" + "x" * 1000, "link"),
        Choice("อ่านต่อ", "javascript:alert(1)", "link"),
        Choice("โทรหาเรา", "ไม่มีเบอร์", "call"),
    ],
)
def test_a_choice_that_line_would_refuse_is_said_in_words(choice: Choice) -> None:
    [message, extra] = render([Say("เลือกค่ะ", (choice,))])
    assert "quickReply" not in message
    assert f"• {choice.label}: {choice.value}" in extra["text"].split("\n")


@pytest.mark.parametrize(
    ("choice", "action"),
    [
        (Choice("ก", "go"), {"type": "postback", "data": "go", "displayText": "ก"}),
        (Choice("ก", "สวัสดี", "text"), {"type": "message", "text": "สวัสดี"}),
        (Choice("ก", "๐๓๒-๑๒๓ ๔๕๖ ต่อ ๑๒", "call"), {"type": "uri", "uri": "tel:032123456"}),
        (Choice("ก", "โทร 1669", "call"), {"type": "uri", "uri": "tel:1669"}),
        (Choice("ก", "+66 81 234 5678", "call"), {"type": "uri", "uri": "tel:+66812345678"}),
        (
            Choice("ก", "https://อบต.ไทย/ถนน?q=ก ข", "link"),
            {
                "type": "uri",
                "uri": "https://xn--m3cj0d.xn--o3cw4h/%E0%B8%96%E0%B8%99%E0%B8%99?q=%E0%B8%81%20%E0%B8%82",
            },
        ),
        (
            Choice("ก", "https://a.th/%E0%B8%81?x=100%", "link"),
            {"type": "uri", "uri": "https://a.th/%E0%B8%81?x=100%25"},
        ),
        (Choice("ก", action="location"), {"type": "location"}),
        (Choice("ก", action="camera"), {"type": "camera"}),
        (Choice("ก", action="album"), {"type": "cameraRoll"}),
    ],
)
def test_each_kind_of_choice_becomes_its_line_action(choice: Choice, action: dict[str, str]) -> None:
    [message] = render([Say("เลือกค่ะ", (choice,))])
    assert message["quickReply"]["items"] == [{"type": "action", "action": {"label": "ก", **action}}]


# -- cards, pictures, pins -------------------------------------------------------------------------------

CARD = Card(
    title="ตรวจดูอีกครั้งนะคะ",
    rows=(Row("เรื่อง", "ไฟถนนดับ", "f:1:!edit:category"), Row("ที่ไหน", "หมู่ 3 หน้าวัด", "f:1:!edit:place")),
    note="แตะบรรทัดที่อยากแก้ได้เลยค่ะ",
    buttons=(Choice("ส่งเรื่อง", "f:1:!send"), Choice("ถ่ายรูป", action="camera")),
    choices=(Choice("เมนู", "menu"),),
)


def test_a_card_is_a_bubble_whose_lines_can_be_tapped() -> None:
    [message] = render([CARD])
    assert_line_takes([message])
    assert message["type"] == "flex"
    assert "เรื่อง: ไฟถนนดับ" in message["altText"]
    taps = [part["action"] for part in walk(message["contents"]) if "action" in part]
    assert [tap["data"] for tap in taps] == ["f:1:!edit:category", "f:1:!edit:place", "f:1:!send"]
    assert labels(message) == ["ถ่ายรูป", "เมนู"]  # the camera exists only as a quick reply


def test_a_tap_may_leave_other_words_in_the_chat_than_its_label() -> None:
    row = Row("1", "ลานกีฬา", "v:1:0", sign="เลือก", said="ออกเสียง")
    [message] = render([Card("ควรสร้างอะไรก่อน", (row,), choices=(Choice("ข้อ 1", "v:1:0", said="ออกเสียง"),))])
    taps = [part for part in walk(message) if part.get("type") == "postback"]
    assert [(tap["label"], tap["displayText"]) for tap in taps] == [("เลือก1", "ออกเสียง"), ("ข้อ 1", "ออกเสียง")]
    assert "เลือก" in [part.get("text") for part in walk(message["contents"])]


def test_a_card_too_big_for_a_bubble_is_said_in_words_with_all_its_taps() -> None:
    rows = tuple(Row(f"ข้อ {n}", "รายละเอียด" * 90, f"edit:{n}") for n in range(6))
    big = Card("สรุป", rows, buttons=(Choice("ส่งเรื่อง", "send"),))
    found = render([big])
    assert {message["type"] for message in found} == {"text"}
    assert found[-1]["quickReply"]["items"][0]["action"]["data"] == "send"
    assert "แก้ข้อ 5" in labels(found[-1])
    assert squeezed("".join(f"{row.label}: {row.value}" for row in rows)) in squeezed("".join(m["text"] for m in found))
    assert BUBBLE_BYTES <= 30 * 1024


def test_words_only_keeps_the_words_and_the_ways_on() -> None:
    found = render([CARD, Picture("https://a.th/x.jpg", "รูปหลังซ่อม"), Pin("วัด", "หมู่ 3", 12.5, 99.9)], words_only=True)
    assert {message["type"] for message in found} == {"text"}
    assert "quickReply" not in found[-1]
    said = "\n".join(message["text"] for message in found)
    for needed in ("ไฟถนนดับ", "รูปหลังซ่อม", "https://a.th/x.jpg", "หมู่ 3", "12.5,99.9", "• ส่งเรื่อง", "• เมนู"):
        assert needed in said


def test_a_picture_brings_its_words_and_needs_https() -> None:
    picture = Picture("http://127.0.0.1:8000/a.jpg", "ซ่อมเสร็จแล้ว", "http://127.0.0.1:8000/a.thumb.jpg")
    image, words_after = render([picture], allow_loopback=True)
    assert (image["originalContentUrl"], image["previewImageUrl"]) == (picture.url, picture.preview_url)
    assert words_after["text"] == "ซ่อมเสร็จแล้ว"
    assert render([picture]) == [{"type": "text", "text": f"ซ่อมเสร็จแล้ว\n{picture.url}"}]


def test_a_place_off_the_map_is_said_in_words() -> None:
    assert render([Pin("วัด", "หมู่ 3", float("nan"), 0.0)]) == [{"type": "text", "text": "วัด\nหมู่ 3"}]


def test_seven_texts_fit_into_one_call_with_their_quick_replies() -> None:
    said: list[Message] = [Say(f"ข้อ {n}") for n in range(6)]
    [call] = calls([*said, Say("จบค่ะ", (Choice("เมนู", "menu"),))])
    assert len(call) == 5
    assert labels(call[-1]) == ["เมนู"]
    assert "\n\n".join(message["text"] for message in call) == "\n\n".join([*(f"ข้อ {n}" for n in range(6)), "จบค่ะ"])


def test_what_cannot_be_merged_needs_a_second_call() -> None:
    assert [len(call) for call in calls([Pin("วัด", "หมู่ 3", 12.0, 99.0)] * 7)] == [5, 2]


def test_nothing_to_say_is_no_message() -> None:
    assert render([]) == []
    assert render([Say(" \u200b\n")]) == []
    assert [m["text"] for m in render([Say("", (Choice("เมนู", "menu"),))])] == ["เลือกได้เลยค่ะ"]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "paper"), [("#FFFFFF", "#0B6B50"), ("#0B6B50", "#FFFFFF"), ("#1F2A26", "#FFFFFF"), ("#55625D", "#FFFFFF")]
)
def test_colours_have_the_contrast_of_wcag_aa(ink: str, paper: str) -> None:
    import bot.render

    assert {ink, paper} <= {bot.render.GREEN, bot.render.WHITE, bot.render.INK, bot.render.GREY}
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_rows_with_an_address_stand_on_one_line_and_open_it() -> None:
    rows = (Row("รับเรื่อง", "42 เรื่อง", link="https://example.test/list?a=1"), Row("EIT", "88"), Row("ที่", "หมู่ 3", "e:1"))
    (message,) = render([Card("สรุปผลงาน", rows)])
    lines = [part for part in message["contents"]["body"]["contents"] if part["type"] == "box"]
    assert [[text["text"] for text in line["contents"]] for line in lines] == [
        ["รับเรื่อง", "42 เรื่อง"],
        ["EIT", "88"],
        ["ที่", "หมู่ 3"],
    ]
    assert lines[0]["action"] == {"type": "uri", "label": "ดูรับเรื่อง", "uri": "https://example.test/list?a=1"}
    assert "action" not in lines[1]
    assert lines[2]["action"]["data"] == "e:1"


def test_an_address_that_cannot_be_tapped_is_said() -> None:
    long = "https://example.test/" + "a" * 1_000
    rendered = render([Card("สรุปผลงาน", (Row("รับเรื่อง", "42", link=long),))])
    assert any(long in message.get("text", "") for message in rendered)
