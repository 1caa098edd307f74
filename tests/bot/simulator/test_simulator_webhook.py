"""The way in: signing, shapes, redelivery, duplicates, batches."""

import json
from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.webhooks import (
    AudioMessageContent,
    FileMessageContent,
    FollowEvent,
    ImageMessageContent,
    LocationMessageContent,
    PostbackEvent,
    StickerMessageContent,
    TextMessageContent,
    UnfollowEvent,
    UnsendEvent,
    VideoMessageContent,
)

from bot.simulator.delivery import sign
from bot.simulator.testing import SECRET, World


def test_signature_is_lines_own_test_vector() -> None:
    # From the reference, "Verify webhook signature".
    secret = "8c570fa6dd201bb328f1c1eac23a96d8"
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert sign(secret, body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_lines_sdk_reads_every_kind_of_event(world: World, bot: Any) -> None:
    user = world.person()
    acts = [
        ({"type": "text", "text": "ไฟดับ 😀"}, TextMessageContent),
        ({"type": "image", "sample": "pothole"}, ImageMessageContent),
        ({"type": "video"}, VideoMessageContent),
        ({"type": "audio"}, AudioMessageContent),
        ({"type": "file", "fileName": "คำร้อง.pdf"}, FileMessageContent),
        (
            {"type": "location", "title": "วัด", "address": "หมู่ 3", "latitude": 13.1, "longitude": 99.9},
            LocationMessageContent,
        ),
        ({"type": "sticker", "packageId": "446", "stickerId": "1988"}, StickerMessageContent),
        ({"type": "postback", "data": "a=1", "params": {"date": "2026-12-01"}}, PostbackEvent),
        ({"type": "block"}, UnfollowEvent),
        ({"type": "unblock"}, FollowEvent),
    ]
    parser = WebhookParser(SECRET)
    for act, expected in acts:
        done = world.act(user, **act)
        assert done["webhook"] == "200"
        body, signature = bot.posts.get(timeout=10)
        [event] = parser.parse(body.decode(), signature)
        assert isinstance(getattr(event, "message", event), expected)
        assert event.webhook_event_id == done["webhookEventId"]
        assert len(event.webhook_event_id) == 26
        assert event.delivery_context.is_redelivery is False
        assert event.source.user_id == user
        raw = json.loads(body)["events"][0]
        assert ("replyToken" in raw) is (expected is not UnfollowEvent)
    assert event.follow.is_unblocked is True


def test_unsend_takes_the_message_from_chat_and_store(world: World, bot: Any) -> None:
    user = world.person()
    message_id = world.act(user, type="image", sample="lamp")["message_id"]
    world.act(user, type="unsend", messageId=message_id)
    body, signature = [bot.posts.get(timeout=10) for _ in range(2)][1]
    [event] = WebhookParser(SECRET).parse(body.decode(), signature)
    assert isinstance(event, UnsendEvent)
    assert event.unsend.message_id == message_id
    assert "replyToken" not in json.loads(body)["events"][0]
    assert world.chat(user)[0]["unsent"] is True
    assert world.platform.store.blob(message_id) is None


def test_redelivers_until_2xx_with_the_same_id_and_token(world: World, bot: Any) -> None:
    bot.statuses = [500, 503]
    user = world.person()
    done = world.act(user, type="text", text="สวัสดี")
    assert done["webhook"] == "500"
    assert done["delivered"] is False
    first, second, third = bot.events(3)
    assert {event["webhookEventId"] for event in (first, second, third)} == {done["webhookEventId"]}
    assert first["replyToken"] == second["replyToken"] == third["replyToken"]
    assert [e["deliveryContext"]["isRedelivery"] for e in (first, second, third)] == [False, True, True]
    assert world.control("GET", "/idle", wait=10)["idle"] is True
    assert bot.posts.empty()
    assert world.chat(user)[0]["webhook"] == "200"


def test_no_redelivery_when_switched_off(world: World, bot: Any) -> None:
    world.control("POST", "/settings", {"webhook": {"redelivery": False}})
    bot.statuses = [500]
    world.act(world.person(), type="text", text="สวัสดี")
    assert world.control("GET", "/idle", wait=10)["idle"] is True
    assert bot.posts.qsize() == 1


def test_a_dropped_post_comes_later(world: World, bot: Any) -> None:
    world.control("POST", "/faults", {"endpoint": "webhook", "kind": "drop"})
    done = world.act(world.person(), type="text", text="สวัสดี")
    assert done["webhook"] == "could_not_connect"
    assert bot.events(1)[0]["deliveryContext"]["isRedelivery"] is True


def test_every_answered_event_can_arrive_once_more(world: World, bot: Any) -> None:
    world.control("POST", "/settings", {"webhook": {"duplicate_rate": 1}})
    world.act(world.person(), type="text", text="สวัสดี")
    first, again = bot.events(2)
    assert first["webhookEventId"] == again["webhookEventId"]
    assert world.control("GET", "/idle", wait=10)["idle"] is True
    assert bot.posts.empty()


def test_batches_hold_events_of_several_people(world: World, bot: Any) -> None:
    people = [world.person() for _ in range(4)]
    world.control("POST", "/settings", {"webhook": {"batch_size": 10, "paused": True}})
    acts = [{"user": user, "type": "text", "text": f"{n}"} for n in range(3) for user in people]
    world.control("POST", "/events", {"events": acts})
    assert bot.posts.empty()
    world.control("POST", "/settings", {"webhook": {"paused": False}})
    assert world.control("GET", "/idle", wait=10)["idle"] is True
    posts = [json.loads(bot.posts.get()[0])["events"] for _ in range(bot.posts.qsize())]
    assert max(len({event["source"]["userId"] for event in post}) for post in posts) > 1
    events = [event for post in posts for event in post]
    assert len(events) == 12


def test_one_users_events_stay_in_order_unless_shuffled(world: World, bot: Any) -> None:
    user = world.person()
    acts = [{"user": user, "type": "text", "text": str(n)} for n in range(30)]
    world.control("POST", "/events", {"events": acts})
    assert [event["message"]["text"] for event in bot.events(30)] == [str(n) for n in range(30)]
    world.control("POST", "/settings", {"webhook": {"shuffle": True}})
    world.control("POST", "/events", {"events": acts})
    shuffled = [event["message"]["text"] for event in bot.events(30)]
    assert sorted(shuffled, key=int) == [str(n) for n in range(30)]
    assert shuffled != [str(n) for n in range(30)]


def test_standby_events_have_no_reply_token(world: World, bot: Any) -> None:
    world.act(world.person(), type="text", text="สวัสดี", mode="standby")
    [event] = bot.events(1)
    assert event["mode"] == "standby"
    assert "replyToken" not in event
    assert "mode" not in event["message"]


def test_any_event_at_all_can_be_sent(world: World, bot: Any) -> None:
    world.act(world.person(), type="raw", event={"type": "hologram", "hologram": {"x": 1}})
    [event] = bot.events(1)
    assert event["type"] == "hologram"
    assert event["webhookEventId"]


def test_who_blocks_cannot_write(world: World) -> None:
    user = world.person()
    world.act(user, type="block")
    with pytest.raises(RuntimeError, match="blocks this account"):
        world.act(user, type="text", text="สวัสดี")


def test_webhook_test_posts_an_empty_list(world: World, bot: Any) -> None:
    answer = world.bot("POST", "/v2/bot/channel/webhook/test", {}).json()
    assert answer["success"] is True
    assert answer["statusCode"] == 200
    assert json.loads(bot.posts.get(timeout=10)[0])["events"] == []
    nowhere = {"endpoint": "http://127.0.0.1:9/webhook"}
    answer = world.bot("POST", "/v2/bot/channel/webhook/test", nowhere).json()
    assert (answer["success"], answer["reason"]) == (False, "COULD_NOT_CONNECT")
