"""Rich menus: the object and its picture."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, UnidentifiedImageError

from bot.simulator.contract.actions import in_rich_menu
from bot.simulator.contract.shape import Problems, array, boolean, integer, obj, text
from bot.simulator.errors import ApiError

_KINDS = {"image/jpeg": "JPEG", "image/png": "PNG"}
_IMAGE_BYTES = 1_000_000


def _inside_the_menu(value: Mapping[str, Any], path: str, problems: Problems) -> None:
    size = value["size"]
    if size["width"] / size["height"] < 1.45:
        problems.add("size", "The aspect ratio (width / height) must be 1.45 or more")
    for index, area in enumerate(value["areas"]):
        bounds = area["bounds"]
        if bounds["x"] + bounds["width"] > size["width"] or bounds["y"] + bounds["height"] > size["height"]:
            problems.add(f"areas[{index}].bounds", "The area lies outside of the rich menu")


_rich_menu = obj(
    {
        "size": obj({"width": integer(800, 2500), "height": integer(250, 2500)}),
        "selected": boolean,
        "name": text(300),
        "chatBarText": text(14),
        "areas": array(
            obj(
                {
                    "bounds": obj(
                        {
                            "x": integer(0, 2500),
                            "y": integer(0, 2500),
                            "width": integer(1, 2500),
                            "height": integer(1, 2500),
                        }
                    ),
                    "action": in_rich_menu,
                }
            ),
            1,
            20,
        ),
    },
    also=_inside_the_menu,
)


def check_rich_menu(body: Any) -> None:
    """Raises ApiError 400 that lists every problem of a rich menu object."""
    problems = Problems()
    _rich_menu(body, "", problems)
    problems.raise_if_any()


def check_image(menu: Mapping[str, Any], media_type: str, data: bytes) -> None:
    """Raises ApiError when the picture isn't what LINE takes for this menu."""
    if media_type not in _KINDS:
        raise ApiError(415, f"The content type, {media_type or 'none'}, is not supported")
    if len(data) > _IMAGE_BYTES:
        raise ApiError(413, "Request entity too large")
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            kind, size = image.format, image.size
    except (UnidentifiedImageError, OSError) as error:
        raise ApiError(400, "The image could not be read") from error
    declared = (menu["size"]["width"], menu["size"]["height"])
    if kind != _KINDS[media_type]:
        raise ApiError(400, f"The image is not {media_type}")
    if size != declared:
        raise ApiError(400, "The image size is not allowed for richmenu")
