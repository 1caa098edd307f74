"""The rich menu: LINE takes it, Thai marks stand apart, uploading twice changes nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageFont

from bot import rich_menu
from bot.line_api import LineApi, LineFailure
from bot.rich_menu import FONT, HEIGHT, TILES, WIDTH, menu, picture, upload
from bot.simulator.contract import check_rich_menu
from bot.simulator.testing import TOKEN, World, running

INTEGRITY = "https://line.example.go.th/demo/integrity/"


@pytest.fixture
def line() -> Iterator[World]:
    with running("http://127.0.0.1:9/nobody") as world:
        yield world


@pytest.fixture
def api(line: World) -> Iterator[LineApi]:
    api = LineApi(TOKEN, line.base)
    yield api
    api.close()


@pytest.mark.parametrize("integrity_url", ["", INTEGRITY])
def test_line_takes_the_menu(integrity_url: str) -> None:
    body = menu("demo", integrity_url)
    check_rich_menu(body)
    assert len(body["areas"]) == 9
    assert min(area["bounds"]["height"] for area in body["areas"]) >= 44 * WIDTH / 375  # a thumb finds it
    covered = sum(area["bounds"]["width"] * area["bounds"]["height"] for area in body["areas"])
    assert covered == WIDTH * HEIGHT


def test_each_tile_says_its_label_and_opens_its_entry() -> None:
    actions = [area["action"] for area in menu("demo")["areas"]]
    entries = ("ask", "complain", "follow", "integrity", "eit", "officer", "forms", "activities", "news")
    assert {action["data"] for action in actions} == {f"menu:{entry}" for entry in entries}
    assert all(action["displayText"] == action["label"] and len(action["label"]) <= 20 for action in actions)


def test_the_separate_door_is_a_plain_link_outside_of_line() -> None:
    [door] = [area["action"] for area in menu("demo", INTEGRITY)["areas"] if area["action"]["type"] == "uri"]
    assert door == {"type": "uri", "label": "แจ้งเบาะแสทุจริต", "uri": f"{INTEGRITY}?openExternalBrowser=1"}


def test_the_picture_is_what_line_takes() -> None:
    data = picture()
    assert len(data) <= 1_000_000
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
        assert len(image.convert("RGB").getcolors(256) or []) > 3


def test_a_tone_mark_above_a_vowel_stands_higher_than_without() -> None:
    """ "ที่": without shaping the tone mark would be drawn into the vowel."""
    font = ImageFont.truetype(FONT, 200)

    def top(word: str) -> float:
        return font.getbbox(word, anchor="ls", **rich_menu._shaping())[1]

    assert top("ที่") < top("ที") - 20
    assert top("ที่") < top("ท่") - 20


def test_every_label_fits_its_tile() -> None:
    for tile in TILES:
        font = rich_menu._font(700, tile.lines)
        assert font.size >= 100
        assert max(font.getlength(line, **rich_menu._shaping()) for line in tile.lines) <= 700


def test_uploading_again_changes_nothing_and_a_change_replaces(line: World, api: LineApi) -> None:
    foreign = api.create_rich_menu({**menu("other"), "name": "made by hand"})
    first = upload(api, "demo")
    assert api.default_rich_menu() == first
    assert line.platform.rich_menus.image(first)[0] == "image/png"
    assert upload(api, "demo") == first
    second = upload(api, "demo", INTEGRITY)
    assert second != first
    assert api.default_rich_menu() == second
    assert {m["richMenuId"] for m in api.rich_menus()} == {foreign, second}


def test_an_upload_that_broke_off_is_made_good(line: World, api: LineApi) -> None:
    line.control("POST", "/faults", {"endpoint": "*/content", "kind": "status"})
    with pytest.raises(LineFailure):
        upload(api, "demo")
    assert api.default_rich_menu() == ""
    shown = upload(api, "demo")
    assert api.default_rich_menu() == shown
    assert [m["richMenuId"] for m in api.rich_menus()] == [shown]
