"""Message objects, and the one to five of them that a request carries."""

from collections.abc import Mapping
from typing import Any

from bot.simulator.contract.actions import in_image_carousel, in_quick_reply, in_template, on_picture
from bot.simulator.contract.flex import flex_container
from bot.simulator.contract.shape import (
    Check,
    Problems,
    any_value,
    array,
    boolean,
    by_type,
    enum,
    integer,
    link_uri,
    matching,
    media_url,
    number,
    obj,
    text,
    utf16_units,
)

_long_text = text(5000, count=utf16_units)
_alt_text = text(1500)
_digits = matching(r"\d+", "Must be a numeric string")

_quick_reply = obj(
    {
        "items": array(
            by_type({"action": obj({"type": any_value, "action": in_quick_reply}, {"imageUrl": media_url})}),
            1,
            13,
        )
    }
)
_common: dict[str, Check] = {
    "quickReply": _quick_reply,
    "sender": obj({}, {"name": text(20), "iconUrl": media_url}),
}

_mentionee = by_type({"user": obj({"type": any_value, "userId": text(33)}), "all": obj({"type": any_value})})
_substitute = by_type(
    {
        "mention": obj({"type": any_value, "mentionee": _mentionee}),
        "emoji": obj({"type": any_value, "productId": text(50), "emojiId": text(10)}),
    }
)


def _substitution(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, dict) or len(value) > 100:
        problems.add(path, "Size must be between 0 and 100")
        return
    for key, part in value.items():
        _substitute(part, f"{path}.{key}", problems)
    if sum(isinstance(part, dict) and part.get("type") == "mention" for part in value.values()) > 20:
        problems.add(path, "Size of mentions must be between 0 and 20")


def _short_when_pictured(most: int) -> Check:
    """The text beside a title or a picture has less room: LINE's limit falls to 60."""

    def check(value: Mapping[str, Any], path: str, problems: Problems) -> None:
        limit = 60 if "title" in value or "thumbnailImageUrl" in value else most
        if len(value["text"]) > limit:
            problems.add(f"{path}.text", f"Length must be between 1 and {limit}")

    return check


def _even_columns(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    columns = value["columns"]
    if len({len(column["actions"]) for column in columns}) > 1:
        problems.add(f"{path}.columns", "The number of actions must be the same in all columns")
    for key in ("title", "thumbnailImageUrl"):
        if len({key in column for column in columns}) > 1:
            problems.add(f"{path}.columns", f"{key} must be used in all columns or in none")


_pictured: dict[str, Check] = {
    "thumbnailImageUrl": media_url,
    "imageBackgroundColor": matching(r"#[0-9a-fA-F]{6}", "Must be a color, #RRGGBB"),
    "title": text(40),
    "defaultAction": on_picture,
}
_frame: dict[str, Check] = {
    "imageAspectRatio": enum("rectangle", "square"),
    "imageSize": enum("cover", "contain"),
}
_template = by_type(
    {
        "buttons": obj(
            {"type": any_value, "text": text(160), "actions": array(in_template, 1, 4)},
            {**_pictured, **_frame},
            _short_when_pictured(160),
        ),
        "confirm": obj({"type": any_value, "text": text(240), "actions": array(in_template, 2, 2)}),
        "carousel": obj(
            {
                "type": any_value,
                "columns": array(
                    obj(
                        {"text": text(120), "actions": array(in_template, 1, 3)},
                        _pictured,
                        _short_when_pictured(120),
                    ),
                    1,
                    10,
                ),
            },
            _frame,
            _even_columns,
        ),
        "image_carousel": obj(
            {
                "type": any_value,
                "columns": array(obj({"imageUrl": media_url, "action": in_image_carousel}), 1, 10),
            }
        ),
    }
)

_area = obj({key: integer(0, 100_000) for key in ("x", "y", "width", "height")})
_imagemap_action = by_type(
    {
        "message": obj({"type": any_value, "area": _area, "text": text(400)}, {"label": text(100)}),
        "uri": obj({"type": any_value, "area": _area, "linkUri": link_uri}, {"label": text(100)}),
        "clipboard": obj({"type": any_value, "area": _area, "clipboardText": text(1000)}, {"label": text(100)}),
    }
)

_message = by_type(
    {
        "text": obj(
            {"type": any_value, "text": _long_text},
            {
                **_common,
                "quoteToken": text(500),
                "emojis": array(obj({"index": integer(0, 5000), "productId": text(50), "emojiId": text(10)}), 0, 20),
            },
        ),
        "textV2": obj(
            {"type": any_value, "text": _long_text},
            {**_common, "quoteToken": text(500), "substitution": _substitution},
        ),
        "sticker": obj(
            {"type": any_value, "packageId": _digits, "stickerId": _digits},
            {**_common, "quoteToken": text(500)},
        ),
        "image": obj({"type": any_value, "originalContentUrl": media_url, "previewImageUrl": media_url}, _common),
        "video": obj(
            {"type": any_value, "originalContentUrl": media_url, "previewImageUrl": media_url},
            {**_common, "trackingId": text(100)},
        ),
        "audio": obj({"type": any_value, "originalContentUrl": media_url, "duration": integer(1, 86_400_000)}, _common),
        "location": obj(
            {
                "type": any_value,
                "title": text(100),
                "address": text(100),
                "latitude": number(-90, 90),
                "longitude": number(-180, 180),
            },
            _common,
        ),
        "imagemap": obj(
            {
                "type": any_value,
                "baseUrl": media_url,
                "altText": _alt_text,
                "baseSize": obj({"width": integer(1040, 1040), "height": integer(1, 10_000)}),
                "actions": array(_imagemap_action, 0, 50),
            },
            _common,
        ),
        "template": obj({"type": any_value, "altText": _alt_text, "template": _template}, _common),
        "flex": obj({"type": any_value, "altText": _alt_text, "contents": flex_container}, _common),
    }
)

_messages = array(_message, 1, 5)
_user_ids = array(text(33), 1, 500)
_unit = array(matching(r"[a-zA-Z0-9_]{1,30}", "invalid unit"), 0, 1)

_requests = {
    "reply": obj({"replyToken": text(200), "messages": _messages}, {"notificationDisabled": boolean}),
    "push": obj(
        {"to": text(33), "messages": _messages},
        {"notificationDisabled": boolean, "customAggregationUnits": _unit},
    ),
    "multicast": obj(
        {"to": _user_ids, "messages": _messages},
        {"notificationDisabled": boolean, "customAggregationUnits": _unit},
    ),
    "broadcast": obj({"messages": _messages}, {"notificationDisabled": boolean}),
    "validate": obj({"messages": _messages}),
}


def check_messages(kind: str, body: Any) -> None:
    """Judge the body of a reply, push, multicast, broadcast or validate request.

    Raises ApiError 400 that lists every problem.
    """
    problems = Problems()
    _requests[kind](body, "", problems)
    problems.raise_if_any()
