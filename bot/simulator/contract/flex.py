"""Flex Messages: bubbles of nested boxes."""

import json
from collections.abc import Mapping
from typing import Any

from bot.simulator.contract.actions import in_flex, in_flex_button
from bot.simulator.contract.shape import (
    Check,
    Problems,
    any_value,
    array,
    boolean,
    by_type,
    enum,
    integer,
    matching,
    media_url,
    obj,
    text,
)

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
_MANY = 10_000
_WORDS = 100_000  # no limit of its own: the size of the bubble ends it
_SIZES = "xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"
_PX = r"\d+(\.\d+)?px"
_PERCENT = r"\d+(\.\d+)?%"
_STEPS = "none|xs|sm|md|lg|xl|xxl"

_colour = matching(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})", "Must be a color, #RRGGBB or #RRGGBBAA")
_space = matching(f"{_STEPS}|{_PX}", "invalid property")
_padding = matching(f"{_STEPS}|{_PX}|{_PERCENT}", "invalid property")
_offset = matching(f"{_STEPS}|-?{_PX}|-?{_PERCENT}", "invalid property")
_length = matching(f"{_PX}|{_PERCENT}", "invalid property")
_font_size = matching(f"{_SIZES}|{_PX}", "invalid property")
_ratio = matching(r"[1-9]\d{0,5}(\.\d+)?:[1-9]\d{0,5}(\.\d+)?", "invalid aspectRatio")
_flex = integer(0, 1000)
_align = enum("start", "end", "center")
_gravity = enum("top", "bottom", "center")
_weight = enum("regular", "bold")
_style = enum("normal", "italic")
_decoration = enum("none", "underline", "line-through")

_placed: dict[str, Check] = {
    "margin": _space,
    "position": enum("relative", "absolute"),
    "offsetTop": _offset,
    "offsetBottom": _offset,
    "offsetStart": _offset,
    "offsetEnd": _offset,
}


def _ratio_rules(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    if "aspectRatio" in value:
        width, height = (float(part) for part in value["aspectRatio"].split(":"))
        if height > 3 * width:
            problems.add(f"{path}.aspectRatio", "invalid aspectRatio: height exceeds three times the width")


def _text_rules(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    if not value.get("contents") and not value.get("text"):
        problems.add(f"{path}.text", "text or contents must be specified")


_span = by_type(
    {
        "span": obj(
            {"type": any_value},
            {
                "text": text(_WORDS),
                "size": _font_size,
                "color": _colour,
                "weight": _weight,
                "style": _style,
                "decoration": _decoration,
            },
        )
    }
)
_text = obj(
    {"type": any_value},
    {
        **_placed,
        "text": text(_WORDS),
        "contents": array(_span, 0, _MANY),
        "flex": _flex,
        "size": _font_size,
        "align": _align,
        "gravity": _gravity,
        "color": _colour,
        "weight": _weight,
        "style": _style,
        "decoration": _decoration,
        "wrap": boolean,
        "lineSpacing": matching(_PX, "invalid property"),
        "maxLines": integer(0, _MANY),
        "action": in_flex,
        "adjustMode": enum("shrink-to-fit"),
        "scaling": boolean,
    },
    _text_rules,
)
_button = obj(
    {"type": any_value, "action": in_flex_button},
    {
        **_placed,
        "flex": _flex,
        "color": _colour,
        "style": enum("primary", "secondary", "link"),
        "gravity": _gravity,
        "height": enum("sm", "md"),
        "adjustMode": enum("shrink-to-fit"),
        "scaling": boolean,
    },
)
_image = obj(
    {"type": any_value, "url": media_url},
    {
        **_placed,
        "flex": _flex,
        "align": _align,
        "gravity": _gravity,
        "size": matching(f"{_SIZES}|full|{_PX}|{_PERCENT}", "invalid property"),
        "aspectRatio": _ratio,
        "aspectMode": enum("fit", "cover"),
        "backgroundColor": _colour,
        "action": in_flex,
        "animated": boolean,
    },
    _ratio_rules,
)
_icon = obj(
    {"type": any_value, "url": media_url},
    {**_placed, "size": _font_size, "aspectRatio": _ratio, "scaling": boolean},
    _ratio_rules,
)
_separator = obj({"type": any_value}, {"margin": _space, "color": _colour})
_filler = obj({"type": any_value}, {"flex": _flex})


def _inside_box(value: Any, path: str, problems: Problems) -> None:
    _stacked(value, path, problems)


def _inside_baseline(value: Any, path: str, problems: Problems) -> None:
    _on_a_line(value, path, problems)


def _box_rules(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    inside = _inside_baseline if value["layout"] == "baseline" else _inside_box
    array(inside, 0, _MANY)(value["contents"], f"{path}.contents", problems)


_gradient = by_type(
    {
        "linearGradient": obj(
            {
                "type": any_value,
                "angle": matching(r"\d+(\.\d+)?deg", "invalid angle"),
                "startColor": _colour,
                "endColor": _colour,
            },
            {"centerColor": _colour, "centerPosition": matching(_PERCENT, "invalid property")},
        )
    }
)
_box = obj(
    {"type": any_value, "layout": enum("horizontal", "vertical", "baseline"), "contents": any_value},
    {
        **_placed,
        "flex": _flex,
        "spacing": _space,
        "backgroundColor": _colour,
        "borderColor": _colour,
        "borderWidth": matching(f"none|light|normal|medium|semi-bold|bold|{_PX}", "invalid property"),
        "cornerRadius": _space,
        "width": _length,
        "maxWidth": _length,
        "height": _length,
        "maxHeight": _length,
        "paddingAll": _padding,
        "paddingTop": _padding,
        "paddingBottom": _padding,
        "paddingStart": _padding,
        "paddingEnd": _padding,
        "action": in_flex,
        "justifyContent": enum("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"),
        "alignItems": enum("center", "flex-start", "flex-end"),
        "background": _gradient,
    },
    _box_rules,
)
_stacked = by_type(
    {
        "box": _box,
        "button": _button,
        "image": _image,
        "text": _text,
        "separator": _separator,
        "filler": _filler,
    }
)
_on_a_line = by_type({"text": _text, "icon": _icon, "filler": _filler})
_only_box = by_type({"box": _box})
_only_picture = by_type({"box": _box, "image": _image})
_video = obj(
    {"type": any_value, "url": media_url, "previewUrl": media_url, "altContent": _only_picture},
    {"aspectRatio": _ratio, "action": in_flex},
)
_hero = by_type({"box": _box, "image": _image, "video": _video})
_block = obj({}, {"backgroundColor": _colour, "separator": boolean, "separatorColor": _colour})


def _bubble_rules(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    if not any(value.get(block) for block in ("header", "hero", "body", "footer")):
        problems.add(path, "At least one block must be specified")
    if _bytes(value) > BUBBLE_BYTES:
        problems.add(path, f"The bubble exceeds {BUBBLE_BYTES} bytes")


def _carousel_rules(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    if len({bubble.get("size", "mega") for bubble in value["contents"]}) > 1:
        problems.add(path, "All bubbles of a carousel must have the same size")
    if _bytes(value) > CAROUSEL_BYTES:
        problems.add(path, f"The carousel exceeds {CAROUSEL_BYTES} bytes")


def _bytes(value: Mapping[str, Any]) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


_bubble = obj(
    {"type": any_value},
    {
        "direction": enum("ltr", "rtl"),
        "size": enum("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
        "header": _only_box,
        "hero": _hero,
        "body": _only_box,
        "footer": _only_box,
        "styles": obj({}, {"header": _block, "hero": _block, "body": _block, "footer": _block}),
        "action": in_flex,
    },
    _bubble_rules,
)
flex_container = by_type(
    {
        "bubble": _bubble,
        "carousel": obj(
            {"type": any_value, "contents": array(by_type({"bubble": _bubble}), 1, 12)}, also=_carousel_rules
        ),
    }
)
