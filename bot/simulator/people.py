"""What a person does on their phone, and the webhook event that follows from it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.simulator.delivery import Delivery
from bot.simulator.errors import ApiError
from bot.simulator.ids import token, ulid
from bot.simulator.platform import Entry, Platform, User
from bot.simulator.samples import sample_file

SILENT = {"unsend", "unfollow"}  # events without a reply token
FILES = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/m4a", "file": "application/pdf"}


@dataclass
class Done:
    """What an act led to. `delivery` is None where LINE tells the bot nothing."""

    event: dict[str, Any] | None
    entry: Entry | None = None
    delivery: Delivery | None = None


def act(platform: Platform, user_id: str, body: Mapping[str, Any]) -> Done:
    """Do one thing as a user: `body["type"]` says what. Raises ApiError."""
    return act_all(platform, [(user_id, body)])[0]


def act_all(platform: Platform, acts: list[tuple[str, Mapping[str, Any]]]) -> list[Done]:
    """Several things at once, so that their events may share a POST."""
    done = [_do(platform, platform.user(user_id), body) for user_id, body in acts]
    posts = [(one.event, user_id, one.entry) for one, (user_id, _) in zip(done, acts, strict=True) if one.event]
    deliveries = iter(platform.post_events(posts))
    for one in done:
        if one.event:
            one.delivery = next(deliveries)
    return done


def _do(platform: Platform, user: User, body: Mapping[str, Any]) -> Done:
    kind = body.get("type")
    friendship = {"follow", "unblock", "block", "raw"}
    if user.blocked and kind not in friendship:
        raise ApiError(409, "The user blocks this account")
    match kind:
        case "follow" | "unblock":
            return _follow(platform, user)
        case "block":
            return _block(platform, user)
        case "unsend":
            return _unsend(platform, user, body)
        case "postback":
            return _postback(platform, user, body)
        case "raw":
            return Done({**_event(platform, user, "message", body), **body.get("event", {})})
        case "text" | "sticker" | "location":
            return _message(platform, user, body, {key: body[key] for key in body if key not in _NOT_CONTENT})
        case "image" | "video" | "audio" | "file":
            return _file(platform, user, body)
    raise ApiError(400, f"A user can't do {kind!r}")


_NOT_CONTENT = {"mode", "wait"}


def _event(platform: Platform, user: User, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    now = platform.clock.milliseconds()
    event: dict[str, Any] = {
        "type": kind,
        "webhookEventId": ulid(now),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": body.get("timestamp", now),
        "source": {"type": "user", "userId": user.id},
        "mode": body.get("mode", "active"),
    }
    if kind not in SILENT and event["mode"] == "active":
        event["replyToken"] = platform.reply_tokens.issue(user.id)
    return event


def _follow(platform: Platform, user: User) -> Done:
    was_blocked, user.blocked, user.friend = user.blocked, False, True
    platform.save_user(user)
    entry = platform.add_entry(user.id, "notice", {"type": "unblock" if was_blocked else "follow"})
    event = _event(platform, user, "follow", {}) | {"follow": {"isUnblocked": was_blocked}}
    return Done(event, entry)


def _block(platform: Platform, user: User) -> Done:
    user.blocked = True
    platform.save_user(user)
    entry = platform.add_entry(user.id, "notice", {"type": "block"})
    return Done(_event(platform, user, "unfollow", {}), entry)


def _unsend(platform: Platform, user: User, body: Mapping[str, Any]) -> Done:
    entry = platform.entry(str(body.get("messageId", "")))
    if entry.user_id != user.id or entry.how != "user" or entry.unsent:
        raise ApiError(409, "Only one's own message can be unsent, once")
    platform.unsend(entry)
    return Done(_event(platform, user, "unsend", {}) | {"unsend": {"messageId": entry.id}}, entry)


def _postback(platform: Platform, user: User, body: Mapping[str, Any]) -> Done:
    """`displayText` appears as the user's words; the deprecated `text` is sent as a message besides."""
    entry = None
    if shown := body.get("displayText"):
        entry = platform.add_entry(user.id, "postback", {"type": "text", "text": shown})
    postback = {"data": body.get("data", "")}
    if "params" in body:
        postback["params"] = body["params"]
        alias = body["params"].get("newRichMenuAliasId")
        if alias:
            platform.rich_menus.link(user.id, platform.rich_menus.alias(alias)["richMenuId"])
            platform.save_user(user)
    return Done(_event(platform, user, "postback", body) | {"postback": postback}, entry)


def _message(
    platform: Platform, user: User, body: Mapping[str, Any], content: dict[str, Any], entry: Entry | None = None
) -> Done:
    if content["type"] == "text" and not content.get("text"):
        raise ApiError(400, "A text message needs a text")
    if content["type"] == "sticker":
        content = {"stickerResourceType": "STATIC", "keywords": []} | content
    if content["type"] == "location" and not {"latitude", "longitude"} <= content.keys():
        raise ApiError(400, "A location needs latitude and longitude")
    entry = entry or platform.add_entry(user.id, "user", content)
    user.wrote_at = platform.clock.seconds()
    platform.save_user(user)
    message: dict[str, Any] = {"id": entry.id, "markAsReadToken": platform.read_token(entry), **content}
    if content["type"] in {"text", "sticker", "image", "video"}:
        message["quoteToken"] = token(24)
    return Done(_event(platform, user, "message", body) | {"message": message}, entry)


def _file(platform: Platform, user: User, body: Mapping[str, Any]) -> Done:
    kind = body["type"]
    media_type, data = _data(kind, body)
    content: dict[str, Any] = {"type": kind}
    if kind == "file":
        content |= {"fileName": str(body.get("fileName", "file.pdf")), "fileSize": len(data)}
    else:
        content["contentProvider"] = {"type": "line"}
    if kind in {"video", "audio"}:
        content["duration"] = int(body.get("duration", 3000))
    if "imageSet" in body:
        content["imageSet"] = body["imageSet"]
    entry = platform.add_entry(user.id, "user", content)
    platform.add_content(entry, media_type, data, slow=kind in {"video", "audio"})
    return _message(platform, user, body, content, entry)


def _data(kind: str, body: Mapping[str, Any]) -> tuple[str, bytes]:
    """(media type, bytes) of base64 `data`, or of a built-in `sample`."""
    if "data" in body:
        try:
            return str(body.get("mediaType", FILES[kind])), base64.b64decode(body["data"], validate=True)
        except ValueError as error:
            raise ApiError(400, "data must be base64") from error
    return sample_file(kind, str(body.get("sample", "")))
