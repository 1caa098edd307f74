"""Actions: what happens when a button is tapped. Which kinds are allowed depends on where the button is."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from bot.simulator.contract.shape import Check, Problems, by_type, enum, link_uri, obj, text

_FORMATS = {
    "date": (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    "time": (r"\d{2}:\d{2}", "%H:%M"),
    "datetime": (r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}", "%Y-%m-%dT%H:%M"),
}


def _postback_rules(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    if "text" in value and "displayText" in value:
        problems.add(f"{path}.text", "text and displayText can't be used together")
    if "fillInText" in value and value.get("inputOption") != "openKeyboard":
        problems.add(f"{path}.fillInText", "Only valid when inputOption is openKeyboard")


def _datetime_rules(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    pattern, form = _FORMATS[value["mode"]]
    read: dict[str, datetime] = {}
    for key in ("initial", "min", "max"):
        if key not in value:
            continue
        given = value[key]
        if not isinstance(given, str) or not re.fullmatch(pattern, given):
            problems.add(f"{path}.{key}", f"Must be a valid {value['mode']}")
            continue
        try:
            read[key] = datetime.strptime(given.upper(), form).replace(tzinfo=UTC)  # only to compare
        except ValueError:
            problems.add(f"{path}.{key}", f"Must be a valid {value['mode']}")
            continue
        if value["mode"] != "time" and not date(1900, 1, 1) <= read[key].date() <= date(2100, 12, 31):
            problems.add(f"{path}.{key}", "Must be between 1900-01-01 and 2100-12-31")
    if "min" in read and "max" in read and read["min"] >= read["max"]:
        problems.add(f"{path}.max", "max must be later than min")


def action(
    *, label_most: int = 20, label_required: bool = True, quick_reply: bool = False, rich_menu: bool = False
) -> Check:
    """The actions allowed in one place.

    Camera, camera roll and location exist only in quick replies, rich menu switching only in rich menus.
    """
    label = {"label": text(label_most)}

    def kind(
        required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, also: Check | None = None
    ) -> Check:
        must = {"type": enum_any, **required, **(label if label_required else {})}
        return obj(must, {**(optional or {}), **({} if label_required else label)}, also)

    kinds = {
        "postback": kind(
            {"data": text(300)},
            {
                "displayText": text(300),
                "text": text(300),
                "inputOption": enum("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"),
                "fillInText": text(300),
            },
            _postback_rules,
        ),
        "message": kind({"text": text(300)}),
        "uri": kind({"uri": link_uri}, {"altUri": obj({}, {"desktop": link_uri})}),
        "datetimepicker": kind(
            {"data": text(300), "mode": enum("date", "time", "datetime")},
            {"initial": text(16), "max": text(16), "min": text(16)},
            _datetime_rules,
        ),
        "clipboard": kind({"clipboardText": text(1000)}),
    }
    if quick_reply:
        kinds |= {name: kind({}) for name in ("camera", "cameraRoll", "location")}
    if rich_menu:
        kinds["richmenuswitch"] = kind({"richMenuAliasId": text(32), "data": text(300)})
    return by_type(kinds)


def enum_any(value: Any, path: str, problems: Problems) -> None:
    """`type` has been judged by `by_type` already."""


in_quick_reply = action(quick_reply=True)
in_template = action()
in_image_carousel = action(label_most=12, label_required=False)
in_flex_button = action(label_most=40)
in_flex = action(label_most=40, label_required=False)
in_rich_menu = action(label_required=False, rich_menu=True)
on_picture = action(label_required=False)
