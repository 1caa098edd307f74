"""The contract: what LINE takes, and one wrong thing at a time."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.simulator.contract import check_messages, check_rich_menu
from bot.simulator.errors import ApiError

POSTBACK = {"type": "postback", "label": "ส่งเรื่อง", "data": "a=1", "displayText": "ส่งเรื่อง"}
URL = "https://example.com/a.jpg"
TEXT = {"type": "text", "text": "สวัสดีค่ะ"}
BUBBLE: dict[str, Any] = {
    "type": "bubble",
    "size": "mega",
    "header": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "หัวเรื่อง"}]},
    "hero": {"type": "image", "url": URL, "size": "full", "aspectRatio": "20:13", "aspectMode": "cover"},
    "body": {
        "type": "box",
        "layout": "vertical",
        "spacing": "md",
        "paddingAll": "20px",
        "contents": [
            {"type": "text", "text": "เนื้อความ", "wrap": True, "scaling": True, "size": "lg", "color": "#112233"},
            {"type": "separator", "margin": "md"},
            {
                "type": "box",
                "layout": "baseline",
                "contents": [{"type": "icon", "url": URL}, {"type": "text", "text": "ก", "flex": 1}],
            },
            {"type": "text", "contents": [{"type": "span", "text": "ก", "weight": "bold"}]},
        ],
    },
    "footer": {
        "type": "box",
        "layout": "vertical",
        "contents": [{"type": "button", "style": "primary", "action": POSTBACK, "height": "sm"}],
    },
    "styles": {"footer": {"separator": True}},
}


def flex(contents: Any) -> dict[str, Any]:
    return {"type": "flex", "altText": "สรุป", "contents": contents}


def template(**body: Any) -> dict[str, Any]:
    return {"type": "template", "altText": "ตัวเลือก", "template": body}


def quick(*actions: Any) -> dict[str, Any]:
    return {**TEXT, "quickReply": {"items": [{"type": "action", "action": action} for action in actions]}}


def column(**more: Any) -> dict[str, Any]:
    return {"text": "ก", "actions": [POSTBACK], **more}


GOOD = [
    TEXT,
    {"type": "text", "text": "😀" * 2500},
    {"type": "textV2", "text": "สวัสดี {a}", "substitution": {"a": {"type": "emoji", "productId": "1", "emojiId": "2"}}},
    {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    {"type": "image", "originalContentUrl": URL, "previewImageUrl": URL},
    {"type": "image", "originalContentUrl": "http://127.0.0.1:8000/a.jpg", "previewImageUrl": URL},
    {"type": "video", "originalContentUrl": URL, "previewImageUrl": URL},
    {"type": "audio", "originalContentUrl": URL, "duration": 1000},
    {"type": "location", "title": "วัด", "address": "หมู่ 3", "latitude": 13.1, "longitude": 99.9},
    quick(*[POSTBACK] * 13),
    quick({"type": "camera", "label": "ถ่ายรูป"}, {"type": "location", "label": "ตำแหน่ง"}),
    quick({"type": "datetimepicker", "label": "วัน", "data": "d", "mode": "date", "min": "2026-01-01"}),
    quick({"type": "uri", "label": "โทร", "uri": "tel:032123456"}),
    template(type="confirm", text="เรียบร้อยไหมคะ", actions=[POSTBACK, POSTBACK]),
    template(type="buttons", text="ก" * 160, actions=[POSTBACK] * 4),
    template(type="carousel", columns=[column(), column()]),
    template(type="image_carousel", columns=[{"imageUrl": URL, "action": POSTBACK}]),
    flex(BUBBLE),
    flex({"type": "carousel", "contents": [BUBBLE] * 12}),
]


@pytest.mark.parametrize("message", GOOD, ids=lambda message: message["type"])
def test_takes_what_line_takes(message: dict[str, Any]) -> None:
    check_messages("validate", {"messages": [message]})


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good bubble with one place changed, as a message."""
    bubble = copy.deepcopy(BUBBLE)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = bubble
    for part in way:
        place = place[part]
    place[last] = value
    return flex(bubble)


_QUICK = "quickReply.items[0].action"
_DATE = {"type": "datetimepicker", "label": "x", "data": "d", "mode": "date"}

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("empty text", {"type": "text", "text": ""}, "text"),
    ("5,001 units", {"type": "text", "text": "😀" * 2500 + "ก"}, "text"),
    ("unknown type", {"type": "song"}, "type"),
    ("unknown key", {**TEXT, "colour": "red"}, "colour"),
    ("no preview", {"type": "image", "originalContentUrl": URL}, "previewImageUrl"),
    (
        "http picture",
        {"type": "image", "originalContentUrl": "http://example.com/a", "previewImageUrl": URL},
        "originalContentUrl",
    ),
    ("place without title", {"type": "location", "address": "ก", "latitude": 1, "longitude": 1}, "title"),
    ("latitude", {"type": "location", "title": "ก", "address": "ก", "latitude": 91, "longitude": 1}, "latitude"),
    ("14 quick replies", quick(*[POSTBACK] * 14), "quickReply.items"),
    ("21 letters", quick({**POSTBACK, "label": "ก" * 21}), f"{_QUICK}.label"),
    ("301 data", quick({**POSTBACK, "data": "x" * 301}), f"{_QUICK}.data"),
    ("301 shown", quick({**POSTBACK, "displayText": "x" * 301}), f"{_QUICK}.displayText"),
    ("text and displayText", quick({**POSTBACK, "text": "x"}), f"{_QUICK}.text"),
    ("fill without keyboard", quick({**POSTBACK, "fillInText": "x"}), f"{_QUICK}.fillInText"),
    ("uri scheme", quick({"type": "uri", "label": "x", "uri": "javascript:1"}), f"{_QUICK}.uri"),
    ("raw Thai uri", quick({"type": "uri", "label": "x", "uri": "https://a.th/ไทย"}), f"{_QUICK}.uri"),
    (
        "switch outside of a menu",
        quick({"type": "richmenuswitch", "label": "x", "data": "x", "richMenuAliasId": "a"}),
        f"{_QUICK}.type",
    ),
    ("min after max", quick({**_DATE, "min": "2026-02-01", "max": "2026-01-01"}), f"{_QUICK}.max"),
    ("no such day", quick({**_DATE, "initial": "2026-02-30"}), f"{_QUICK}.initial"),
    ("sender's long name", {**TEXT, "sender": {"name": "ก" * 21}}, "sender.name"),
    ("confirm with three", template(type="confirm", text="ก", actions=[POSTBACK] * 3), "template.actions"),
    ("buttons: 161", template(type="buttons", text="ก" * 161, actions=[POSTBACK]), "template.text"),
    (
        "buttons: 61 under a title",
        template(type="buttons", title="ก", text="ก" * 61, actions=[POSTBACK]),
        "template.text",
    ),
    (
        "camera in a template",
        template(type="buttons", text="ก", actions=[{"type": "camera", "label": "ก"}]),
        "template.actions[0].type",
    ),
    (
        "uneven columns",
        template(type="carousel", columns=[column(), column(actions=[POSTBACK] * 2)]),
        "template.columns",
    ),
    ("a title in one column", template(type="carousel", columns=[column(), column(title="ก")]), "template.columns"),
    (
        "image carousel label",
        template(type="image_carousel", columns=[{"imageUrl": URL, "action": {**POSTBACK, "label": "ก" * 13}}]),
        "template.columns[0].action.label",
    ),
    ("no altText", {"type": "flex", "contents": BUBBLE}, "altText"),
    ("long altText", {**flex(BUBBLE), "altText": "ก" * 1501}, "altText"),
    ("misspelt flex key", changed("body.contents.0.wrapp", True), "contents.body.contents[0].wrapp"),
    ("flex colour", changed("body.contents.0.color", "red"), "contents.body.contents[0].color"),
    ("flex size", changed("body.contents.0.size", "huge"), "contents.body.contents[0].size"),
    ("empty flex text", changed("body.contents.0.text", ""), "contents.body.contents[0].text"),
    ("null in flex", changed("body.contents.0.weight", None), "contents.body.contents[0].weight"),
    (
        "icon outside of a baseline",
        changed("body.contents.0", {"type": "icon", "url": URL}),
        "contents.body.contents[0].type",
    ),
    (
        "button in a baseline",
        changed("body.contents.2.contents.0", {"type": "button", "action": POSTBACK}),
        "contents.body.contents[2].contents[0].type",
    ),
    ("body isn't a box", changed("body", {"type": "text", "text": "ก"}), "contents.body.type"),
    ("box layout", changed("body.layout", "grid"), "contents.body.layout"),
    (
        "41 letters on a button",
        changed("footer.contents.0.action.label", "ก" * 41),
        "contents.footer.contents[0].action.label",
    ),
    ("tall picture", changed("hero.aspectRatio", "1:4"), "contents.hero.aspectRatio"),
    ("13 bubbles", flex({"type": "carousel", "contents": [BUBBLE] * 13}), "contents.contents"),
    ("sizes mixed", flex({"type": "carousel", "contents": [BUBBLE, {**BUBBLE, "size": "kilo"}]}), "contents"),
    ("30 KB", changed("body.contents.0.text", "ก" * 11_000), "contents"),
    (
        "50 KB",
        flex({"type": "carousel", "contents": [changed("body.contents.0.text", "ก" * 6_000)["contents"]] * 3}),
        "contents",
    ),
    ("nothing in it", flex({"type": "bubble"}), "contents"),
]


@pytest.mark.parametrize(("message", "place"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_refuses_and_names_the_place(message: dict[str, Any], place: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_messages("validate", {"messages": [message]})
    body = refusal.value.body
    assert refusal.value.status == 400
    assert body["message"] == f"The request body has {len(body['details'])} error(s)"
    assert [detail["property"] for detail in body["details"]] == [f"messages[0].{place}"]
    assert all(detail["message"] for detail in body["details"])
    json.dumps(body)


@pytest.mark.parametrize(
    ("kind", "body", "place"),
    [
        ("reply", {"replyToken": "x", "messages": []}, "messages"),
        ("reply", {"replyToken": "x", "messages": [TEXT] * 6}, "messages"),
        ("reply", {"messages": [TEXT]}, "replyToken"),
        ("push", {"to": "U", "messages": [TEXT], "quiet": True}, "quiet"),
        ("multicast", {"to": ["U"] * 501, "messages": [TEXT]}, "to"),
        ("broadcast", {"messages": "hello"}, "messages"),
        ("broadcast", [], ""),
    ],
)
def test_refuses_requests(kind: str, body: Any, place: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_messages(kind, body)
    assert [detail["property"] for detail in refusal.value.body["details"]] == [place]


MENU: dict[str, Any] = {
    "size": {"width": 2500, "height": 1686},
    "selected": True,
    "name": "เมนูหลัก",
    "chatBarText": "เมนู",
    "areas": [{"bounds": {"x": 0, "y": 0, "width": 2500, "height": 1686}, "action": {"type": "message", "text": "ก"}}],
}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda menu: menu.update(chatBarText="ก" * 15), "chatBarText"),
        (lambda menu: menu.update(name="ก" * 301), "name"),
        (lambda menu: menu["size"].update(width=2501), "size.width"),
        (lambda menu: menu["size"].update(height=2000), "size"),
        (lambda menu: menu["areas"][0]["bounds"].update(x=1), "areas[0].bounds"),
        (lambda menu: menu.update(areas=menu["areas"] * 21), "areas"),
        (lambda menu: menu.pop("selected"), "selected"),
        (lambda menu: menu["areas"][0].update(action={"type": "camera", "label": "ก"}), "areas[0].action.type"),
    ],
)
def test_rich_menu_limits(change: Callable[[dict[str, Any]], Any], place: str) -> None:
    check_rich_menu(MENU)
    menu = copy.deepcopy(MENU)
    change(menu)
    with pytest.raises(ApiError) as refusal:
        check_rich_menu(menu)
    assert place in [detail["property"] for detail in refusal.value.body["details"]]
