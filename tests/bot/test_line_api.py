"""Every way in which a call to LINE can end, over real HTTP with the stand-in."""

from __future__ import annotations

import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.line_api import LineApi, LineFailure, LineLogin, Quota
from bot.simulator.testing import TOKEN, World, running

HELLO = [{"type": "text", "text": "สวัสดีค่ะ"}]


@pytest.fixture
def line() -> Iterator[World]:
    with running("http://127.0.0.1:9/nobody") as world:
        world.platform.webhook.configure(paused=True)
        yield world


@pytest.fixture
def api(line: World) -> Iterator[LineApi]:
    api = LineApi(TOKEN, line.base, timeout=(2, 1))
    yield api
    api.close()


def texts(line: World, user: str) -> list[str]:
    return [entry["message"]["text"] for entry in line.from_bot(user, 0)]


def reply_token(line: World, user: str) -> str:
    return line.platform.reply_tokens.issue(user)


def failure_of(call: Any, *arguments: Any) -> LineFailure:
    with pytest.raises(LineFailure) as caught:
        call(*arguments)
    return caught.value


def test_a_reply_works_once(line: World, api: LineApi) -> None:
    user = line.person()
    token = reply_token(line, user)
    assert api.reply(token, HELLO)
    failure = failure_of(api.reply, token, HELLO)
    assert (failure.kind, failure.status, failure.retryable, failure.maybe_accepted) == (
        "invalid_token",
        400,
        False,
        False,
    )
    assert failure.request_id
    assert texts(line, user) == ["สวัสดีค่ะ"]


def test_a_push_repeated_with_its_key_is_a_success_and_delivered_once(line: World, api: LineApi) -> None:
    user, key = line.person(), str(uuid.uuid4())
    first = api.push(user, HELLO, key)
    assert api.push(user, HELLO, key) == first
    assert texts(line, user) == ["สวัสดีค่ะ"]


@pytest.mark.parametrize(
    ("fault", "kind", "retryable", "maybe_accepted", "delivered"),
    [
        ({"kind": "status", "status": 500}, "server", True, True, 0),
        ({"kind": "accepted_status", "status": 503}, "server", True, True, 1),
        ({"kind": "timeout", "seconds": 3}, "network", True, True, 0),
        ({"kind": "reset"}, "network", True, True, 0),
        ({"kind": "accepted_reset"}, "network", True, True, 1),
        ({"kind": "rate_limit"}, "rate_limit", True, False, 0),
        ({"kind": "monthly_limit"}, "monthly_limit", False, False, 0),
        ({"kind": "status", "status": 418}, "refused", False, False, 0),
    ],
)
def test_each_trouble_has_its_name(
    line: World,
    api: LineApi,
    fault: dict[str, Any],
    kind: str,
    retryable: bool,
    maybe_accepted: bool,
    delivered: int,
) -> None:
    user = line.person()
    line.control("POST", "/faults", {"endpoint": "push", **fault})
    failure = failure_of(api.push, user, HELLO, str(uuid.uuid4()))
    assert (failure.kind, failure.retryable, failure.maybe_accepted) == (kind, retryable, maybe_accepted)
    assert len(texts(line, user)) == delivered


def test_nothing_is_tried_again_behind_our_back(line: World, api: LineApi) -> None:
    line.control("POST", "/faults", {"endpoint": "consumption", "kind": "reset", "times": 1})
    assert failure_of(api.quota).kind == "network"
    assert api.quota().used == 0


def test_a_refused_message_names_the_property(line: World, api: LineApi) -> None:
    failure = failure_of(api.push, line.person(), [{"type": "text", "text": ""}], str(uuid.uuid4()))
    assert (failure.kind, failure.property) == ("refused", "messages[0].text")


def test_nobody_listening_means_that_line_cannot_have_heard() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    failure = failure_of(LineApi(TOKEN, address, timeout=(1, 1)).bot_info)
    assert (failure.kind, failure.status, failure.maybe_accepted) == ("network", 0, False)


def test_a_wrong_token_is_unauthorized(line: World) -> None:
    failure = failure_of(LineApi("wrong", line.base).bot_info)
    assert (failure.kind, failure.retryable) == ("unauthorized", True)


def test_the_quota_is_what_line_says(line: World, api: LineApi) -> None:
    line.platform.quota.set(300, 280)
    assert api.quota() == Quota(300, 280)
    assert api.quota().left == 20
    line.platform.quota.set(None, 0)
    assert api.quota().left is None


def test_content_comes_when_ready_stops_at_the_cap_and_goes(line: World, api: LineApi) -> None:
    user = line.person()
    line.platform.preparing_seconds = 60
    video = line.act(user, type="video", wait=False)["message_id"]
    assert failure_of(api.content, video, 10_000_000).kind == "not_ready"
    assert api.content_state(video) == "processing"
    line.platform.clock.offset += 61
    data = api.content(video, 10_000_000)
    assert api.content_state(video) == "succeeded"
    assert api.content(video, 5) == data[:6]
    assert api.content(video, len(data)) == data
    line.act(user, type="unsend", messageId=video, wait=False)
    gone = failure_of(api.content, video, 10_000_000)
    assert (gone.kind, gone.status, gone.retryable) == ("gone", 410, False)
    assert failure_of(api.content, "1234567890", 10).status == 404


def test_people_and_the_channel(line: World, api: LineApi) -> None:
    user = line.person(name="ยายบุญมี")
    assert api.profile(user)["displayName"] == "ยายบุญมี"
    assert failure_of(api.profile, "U" + "0" * 32).kind == "gone"
    api.loading(user)
    assert api.bot_info()["displayName"] == "บัญชีทดลอง"
    api.set_webhook_endpoint("http://127.0.0.1:9/other")
    assert api.webhook_endpoint()["endpoint"] == "http://127.0.0.1:9/other"
    assert api.test_webhook_endpoint()["success"] is False


def test_logs_hold_neither_tokens_nor_content_nor_names(line: World, api: LineApi) -> None:
    user = line.person(name="ยายบุญมี")
    token = reply_token(line, user)
    with structlog.testing.capture_logs() as logs:
        api.reply(token, HELLO)
        api.profile(user)
        failure_of(api.reply, token, HELLO)
        failure_of(api.content, "1234567890", 10)
    assert [entry["status"] for entry in logs] == [200, 200, 400, 404]
    assert all(entry["request_id"] and entry["ms"] >= 0 for entry in logs)
    said = repr(logs)
    for secret in (TOKEN, token, "สวัสดี", "ยายบุญมี", user, "1234567890"):
        assert secret not in said


def test_the_sdk_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, bot.line_api; sys.exit('linebot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def id_token(line: World, user: str, **body: Any) -> str:
    return str(line.control("POST", f"/users/{user}/id-token", {"channel": "1234567890", **body})["id_token"])


def test_an_id_token_is_believed_only_by_lines_word(line: World) -> None:
    login = LineLogin(line.base, timeout=(2, 1))
    user = line.person()
    token = id_token(line, user)
    assert login.user_of(token, "1234567890") == user
    assert login.user_of(token, "9999999999") is None  # another channel's
    assert login.user_of(token[:-3] + "abc", "1234567890") is None  # changed on the way
    assert login.user_of(id_token(line, user, age=4000), "1234567890") is None  # too old
    assert login.user_of("", "1234567890") is None
    with socket.socket() as nobody:  # a port where nobody answers
        nobody.bind(("127.0.0.1", 0))
        assert LineLogin(f"http://127.0.0.1:{nobody.getsockname()[1]}", (1, 1)).user_of(token, "1234567890") is None
