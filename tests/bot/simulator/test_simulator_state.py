"""Restarts, resets, watching, and where it may listen."""

import ast
import threading
import time
from pathlib import Path

import pytest
import requests
from flask import Flask

from bot.simulator.ids import USER_ID
from bot.simulator.platform import Persona
from bot.simulator.server import make
from bot.simulator.testing import World, running

GRANDMOTHER = Persona("ยายบุญมี", "อายุ 74 ปี")
NOWHERE = "http://127.0.0.1:9/webhook"


def test_a_restart_keeps_chats_pictures_and_counts(tmp_path: Path) -> None:
    path = tmp_path / "line.sqlite"
    with running(NOWHERE, state_path=path, personas=[GRANDMOTHER]) as world:
        world.act(GRANDMOTHER.user_id, type="follow")
        picture = world.act(GRANDMOTHER.user_id, type="image", sample="lamp")["message_id"]
        body = {"to": GRANDMOTHER.user_id, "messages": [{"type": "text", "text": "สวัสดีค่ะ"}]}
        key = "123e4567-e89b-12d3-a456-426614174000"
        assert world.bot("POST", "/v2/bot/message/push", body, X_Line_Retry_Key=key).status_code == 200
        before = world.chat(GRANDMOTHER.user_id)
    with running(NOWHERE, state_path=path, personas=[GRANDMOTHER]) as world:
        assert [one["id"] for one in world.chat(GRANDMOTHER.user_id)] == [one["id"] for one in before]
        assert world.platform.user(GRANDMOTHER.user_id).friend is True
        assert world.bot("GET", f"/v2/bot/message/{picture}/content").headers["content-type"] == "image/jpeg"
        assert world.platform.quota.used == 1
        assert world.bot("POST", "/v2/bot/message/push", body, X_Line_Retry_Key=key).status_code == 409


def test_personas_have_ids_that_never_change() -> None:
    assert USER_ID.fullmatch(GRANDMOTHER.user_id)
    assert Persona("ยายบุญมี").user_id == GRANDMOTHER.user_id
    assert Persona("ตามี").user_id != GRANDMOTHER.user_id


def test_reset_forgets_everything_but_the_personas(world: World) -> None:
    user = world.person()
    world.act(user, type="text", text="สวัสดี")
    world.control("POST", "/settings", {"clock_offset": 1000, "webhook": {"paused": True}})
    epoch = world.control("GET", "/updates")["epoch"]
    world.control("POST", "/reset")
    news = world.control("GET", "/updates", after=10**9, epoch=epoch)
    assert news["epoch"] != epoch
    assert [one["name"] for one in news["users"]] == ["ยายบุญมี"]
    assert news["messages"] == []
    settings = world.control("GET", "/settings")
    assert (settings["clock_offset"], settings["webhook"]["paused"]) == (0, False)


def test_waiting_for_news_ends_when_there_is_some(world: World) -> None:
    user = world.person()
    after = world.control("GET", "/updates")["version"]
    body = {"to": user, "messages": [{"type": "text", "text": "สวัสดีค่ะ"}]}
    later = threading.Timer(0.2, lambda: world.bot("POST", "/v2/bot/message/push", body))
    later.start()
    started = time.monotonic()
    query = {"after": after, "wait": 30, "from": "bot"}
    answer = requests.get(f"{world.base}/_control/chat/{user}", params=query, timeout=40).json()
    assert [one["how"] for one in answer["messages"]] == ["push"]
    assert time.monotonic() - started < 20
    again = world.control("GET", f"/chat/{user}", after=answer["version"])
    assert again["messages"] == []


def test_listens_on_loopback_only() -> None:
    for host in ("0.0.0.0", "192.168.1.5", "example.com", ""):
        with pytest.raises(ValueError, match="loopback only"):
            make(Flask("x"), host, 0)


def test_refuses_what_it_does_not_know(world: World) -> None:
    user = world.person()
    for path, body in (
        (f"/users/{user}/events", {"type": "dance"}),
        ("/faults", {"endpoint": "push", "kind": "flood"}),
        ("/settings", {"webhook": {"speed": 1}}),
        (f"/users/{user}/events", {"type": "text"}),
    ):
        with pytest.raises(RuntimeError, match="400"):
            world.control("POST", path, body)
    with pytest.raises(RuntimeError, match="404"):
        world.act("U" + "0" * 32, type="text", text="สวัสดี")


def test_is_a_world_of_its_own() -> None:
    """Nothing of the product is imported: the stand-in judges it from outside."""
    folder = Path(__file__).parents[3] / "bot" / "simulator"
    ours = {path.name for path in folder.parents[1].iterdir() if (path / "__init__.py").exists()}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[0] not in ours or name.startswith("bot.simulator"), (path.name, name)
