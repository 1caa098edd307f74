"""The way out: reply tokens, retry keys, quota, blocked people, faults."""

import uuid
from typing import Any

import pytest
import requests

from bot.simulator.testing import TOKEN, World

HELLO: list[dict[str, Any]] = [{"type": "text", "text": "สวัสดีค่ะ"}]


def _reply(world: World, token: str, messages: list[dict[str, Any]] = HELLO) -> requests.Response:
    return world.bot("POST", "/v2/bot/message/reply", {"replyToken": token, "messages": messages})


def _push(world: World, user: str, **headers: str) -> requests.Response:
    return world.bot("POST", "/v2/bot/message/push", {"to": user, "messages": HELLO}, **headers)


def _token(world: World, bot: Any, user: str) -> str:
    world.act(user, type="text", text="สวัสดี")
    return str(bot.events(1)[0]["replyToken"])


def test_an_echo_bot_answers_and_survives_redelivery(world: World, bot: Any) -> None:
    """A bot as small as can be: it fails once, then echoes; the person gets exactly one answer."""
    user = world.person()
    bot.statuses = [500]
    world.act(user, type="text", text="มีใครอยู่ไหม")
    answered: set[str] = set()
    for event in bot.events(2):
        if event["webhookEventId"] not in answered and event["deliveryContext"]["isRedelivery"]:
            answered.add(event["webhookEventId"])
            text = {"type": "text", "text": event["message"]["text"]}
            assert _reply(world, event["replyToken"], [text]).status_code == 200
    [bubble] = world.from_bot(user)
    assert bubble["message"]["text"] == "มีใครอยู่ไหม"
    assert bubble["how"] == "reply"


def test_reply_token_works_once_and_is_free(world: World, bot: Any) -> None:
    user = world.person()
    token = _token(world, bot, user)
    answer = _reply(world, token)
    assert answer.status_code == 200
    assert len(answer.json()["sentMessages"]) == 1
    assert uuid.UUID(answer.headers["x-line-request-id"])
    again = _reply(world, token)
    assert (again.status_code, again.json()) == (400, {"message": "Invalid reply token"})
    assert len(world.from_bot(user)) == 1
    assert world.platform.quota.used == 0


def test_reply_token_dies_after_a_minute(world: World, bot: Any) -> None:
    token = _token(world, bot, world.person())
    world.control("POST", "/settings", {"clock_offset": 61})
    assert _reply(world, token).json() == {"message": "Invalid reply token"}


def test_redelivery_gives_the_token_another_minute_but_not_after_20(world: World, bot: Any) -> None:
    user = world.person()
    bot.statuses = [500]
    world.control("POST", "/settings", {"webhook": {"redelivery_interval": 0.6}})
    world.act(user, type="text", text="สวัสดี")
    world.control("POST", "/settings", {"clock_offset": 600})
    event = bot.events(2)[1]
    world.platform.webhook.idle(5)
    assert _reply(world, event["replyToken"]).status_code == 200
    bot.statuses = [500]
    world.act(user, type="text", text="สวัสดีอีกครั้ง")
    world.control("POST", "/settings", {"clock_offset": 600 + 21 * 60})
    event = bot.events(2)[1]
    world.platform.webhook.idle(5)
    assert _reply(world, event["replyToken"]).json() == {"message": "Invalid reply token"}


def test_a_refused_reply_leaves_the_token_alive(world: World, bot: Any) -> None:
    token = _token(world, bot, world.person())
    assert _reply(world, token, [{"type": "text", "text": "ก" * 5001}]).status_code == 400
    assert _reply(world, token).status_code == 200


def test_retry_key_is_for_pushes_and_is_a_uuid(world: World, bot: Any) -> None:
    user = world.person()
    body = {"replyToken": _token(world, bot, user), "messages": HELLO}
    answer = world.bot("POST", "/v2/bot/message/reply", body, X_Line_Retry_Key=str(uuid.uuid4()))
    assert answer.status_code == 400
    assert _push(world, user, X_Line_Retry_Key="not-a-uuid").status_code == 400
    assert world.from_bot(user, 0) == []


def test_retry_key_is_executed_once_for_a_day(world: World) -> None:
    user, key = world.person(), str(uuid.uuid4())
    first = _push(world, user, X_Line_Retry_Key=key)
    again = _push(world, user, X_Line_Retry_Key=key)
    assert again.status_code == 409
    assert again.json()["message"] == "The retry key is already accepted"
    assert again.json()["sentMessages"] == first.json()["sentMessages"]
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert len(world.from_bot(user)) == 1
    world.control("POST", "/settings", {"clock_offset": 24 * 3600 + 1})
    assert _push(world, user, X_Line_Retry_Key=key).status_code == 200
    assert len(world.from_bot(user, 2)) == 2


@pytest.mark.parametrize("kind", ["accepted_status", "accepted_reset"])
def test_accepted_but_the_caller_cannot_know(world: World, kind: str) -> None:
    user, key = world.person(), str(uuid.uuid4())
    world.control("POST", "/faults", {"endpoint": "push", "kind": kind})
    try:
        assert _push(world, user, X_Line_Retry_Key=key).status_code == 500
    except requests.ConnectionError:
        assert kind == "accepted_reset"
    assert _push(world, user, X_Line_Retry_Key=key).status_code == 409
    assert len(world.from_bot(user)) == 1


def test_faults_before_acceptance_leave_nothing(world: World) -> None:
    user = world.person()
    faults: list[tuple[dict[str, Any], int]] = [
        ({"kind": "status", "status": 503}, 503),
        ({"kind": "rate_limit"}, 429),
        ({"kind": "monthly_limit"}, 429),
    ]
    for fault, status in faults:
        world.control("POST", "/faults", {"endpoint": "push", **fault})
        assert _push(world, user).status_code == status
    world.control("POST", "/faults", {"endpoint": "push", "kind": "reset"})
    with pytest.raises(requests.ConnectionError):
        _push(world, user)
    world.control("POST", "/faults", {"endpoint": "push", "kind": "timeout", "seconds": 0.2})
    with pytest.raises(requests.ConnectionError):
        _push(world, user)
    assert world.from_bot(user, 0) == []
    assert world.platform.quota.used == 0
    assert _push(world, user).status_code == 200


def test_quota_counts_recipients_and_ends(world: World) -> None:
    one, two = world.person(), world.person()
    world.control("POST", "/settings", {"quota": {"limit": 4, "used": 0}})
    assert world.bot("GET", "/v2/bot/message/quota").json() == {"type": "limited", "value": 4}
    both = {"to": [one, two], "messages": HELLO * 3}
    assert world.bot("POST", "/v2/bot/message/multicast", both).status_code == 200
    assert world.bot("GET", "/v2/bot/message/quota/consumption").json() == {"totalUsage": 2}
    assert _push(world, one).status_code == 200
    refused = world.bot("POST", "/v2/bot/message/broadcast", {"messages": HELLO})
    assert (refused.status_code, refused.json()["message"]) == (429, "You have reached your monthly limit.")
    world.control("POST", "/settings", {"quota": {"limit": None}})
    assert world.bot("GET", "/v2/bot/message/quota").json() == {"type": "none"}
    assert world.bot("POST", "/v2/bot/message/broadcast", {"messages": HELLO}).status_code == 200
    day = world.platform.clock.day()
    sent = world.bot("GET", f"/v2/bot/message/delivery/push?date={day}").json()
    assert sent == {"status": "ready", "success": 1}


def test_blocked_people_get_nothing_and_cost_nothing(world: World) -> None:
    user = world.person()
    world.act(user, type="block")
    before = len(world.chat(user))
    answer = _push(world, user)
    assert answer.status_code == 200
    assert answer.json()["sentMessages"]
    assert len(world.chat(user)) == before
    assert world.platform.quota.used == 0
    assert world.bot("GET", f"/v2/bot/profile/{user}").status_code == 404


def test_strangers(world: World) -> None:
    nobody = "U" + "0" * 32
    assert _push(world, nobody).json() == {"message": "Failed to send messages"}
    assert _push(world, "somebody").status_code == 400
    user = world.person(friend=False)
    assert _push(world, user).status_code == 200
    assert world.from_bot(user, 0) == []
    world.act(user, type="text", text="ไม่ได้เป็นเพื่อนกัน")
    _push(world, user)
    assert len(world.from_bot(user)) == 1
    world.control("POST", "/settings", {"clock_offset": 8 * 24 * 3600})
    _push(world, user)
    assert len(world.from_bot(user)) == 1


def test_rate_limit_of_an_endpoint(world: World) -> None:
    answers = [world.bot("POST", "/v2/bot/channel/webhook/test", {}).status_code for _ in range(62)]
    assert answers[:60] == [200] * 60
    assert 429 in answers[60:]


def test_who_may_call(world: World) -> None:
    answer = requests.get(world.base + "/v2/bot/info", headers={"Authorization": "Bearer no"}, timeout=5)
    assert answer.status_code == 401
    assert "Authentication failed" in answer.json()["message"]
    assert world.bot("GET", "/v2/bot/nothing").json() == {"message": "Not found"}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = world.base + "/v2/bot/message/push"
    assert requests.post(url, data=b"{", headers=headers, timeout=5).status_code == 415
    headers["Content-Type"] = "application/json"
    broken = requests.post(url, data=b"{", headers=headers, timeout=5)
    assert broken.status_code == 400
    assert "could not be parsed as JSON" in broken.json()["message"]
    big = requests.post(url, data=b"x" * (2 * 1024 * 1024 + 1), headers=headers, timeout=5)
    assert big.status_code == 413


def test_only_this_machine_and_this_page(world: World) -> None:
    url = world.base + "/_control/users"
    assert requests.get(url, headers={"Host": "evil.example"}, timeout=5).status_code == 403
    assert requests.get(url, headers={"Origin": "https://evil.example"}, timeout=5).status_code == 403
    assert requests.get(url, headers={"Origin": world.base}, timeout=5).status_code == 200


def test_the_log_has_no_tokens(world: World, bot: Any) -> None:
    token = _token(world, bot, world.person())
    _reply(world, token)
    log = requests.get(world.base + "/_control/log", timeout=5).text
    assert "/v2/bot/message/reply" in log
    assert token not in log
    assert TOKEN not in log


def test_loading_and_read_marks(world: World, bot: Any) -> None:
    user = world.person()
    world.act(user, type="text", text="หนึ่ง")
    [event] = bot.events(1)
    body = {"chatId": user, "loadingSeconds": 7}
    assert world.bot("POST", "/v2/bot/chat/loading/start", body).status_code == 400
    assert world.bot("POST", "/v2/bot/chat/loading/start", {"chatId": user}).status_code == 202
    assert world.platform.user(user).loading_until > world.platform.clock.seconds()
    read = {"markAsReadToken": event["message"]["markAsReadToken"]}
    assert world.bot("POST", "/v2/bot/chat/markAsRead", read).status_code == 200
    assert world.chat(user)[0]["read"] is True
    assert world.bot("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": "x"}).status_code == 400
    _push(world, user)
    assert world.platform.user(user).loading_until == 0
