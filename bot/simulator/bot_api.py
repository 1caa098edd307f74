"""The Messaging API as a bot sees it: messages, quota, content, profiles, the webhook's address."""

import re
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from bot.simulator.contract import check_messages
from bot.simulator.contract.shape import integer, is_loopback_url, obj, text
from bot.simulator.errors import ApiError, not_found
from bot.simulator.gate import checked, json_body
from bot.simulator.platform import Platform
from bot.simulator.samples import preview


def create(platform: Platform) -> Blueprint:
    api = Blueprint("bot_api", __name__, url_prefix="/v2/bot")
    _messages(api, platform)
    _counts(api, platform)
    _content(api, platform)
    _people(api, platform)
    _webhook(api, platform)
    return api


def _messages(api: Blueprint, platform: Platform) -> None:
    @api.post("/message/reply")
    def reply() -> Response:
        if "X-Line-Retry-Key" in request.headers:
            raise ApiError(400, "The X-Line-Retry-Key header is not supported by this API")
        body = json_body()
        check_messages("reply", body)
        owner = platform.reply_tokens.owner(body["replyToken"])
        g.user_ids = [owner] if owner else []
        return jsonify(sentMessages=platform.reply(body["replyToken"], body["messages"], g.request_id))

    @api.post("/message/<any(push, multicast, broadcast):kind>")
    def send(kind: str) -> Response:
        body = json_body()
        check_messages(kind, body)
        to = {"push": lambda: [body["to"]], "multicast": lambda: body["to"], "broadcast": platform.followers}
        g.user_ids = to[kind]()[:10]
        key = request.headers.get("X-Line-Retry-Key")
        sent = platform.send(kind, to[kind](), body["messages"], g.request_id, key)
        return jsonify({"sentMessages": sent} if kind == "push" else {})

    @api.post("/message/validate/<any(reply, push, multicast, narrowcast, broadcast):kind>")
    def validate(kind: str) -> Response:
        check_messages("validate", json_body())
        return jsonify({})

    @api.post("/chat/loading/start")
    def loading() -> tuple[Response, int]:
        body = checked(obj({"chatId": text(33)}, {"loadingSeconds": integer(5, 60)}))
        seconds = body.get("loadingSeconds", 20)
        if seconds % 5:
            raise _invalid("loadingSeconds", "Must be a multiple of 5")
        platform.show_loading(body["chatId"], seconds)
        return jsonify({}), 202

    @api.post("/chat/markAsRead")
    def mark_as_read() -> Response:
        platform.mark_as_read(checked(obj({"markAsReadToken": text(500)}))["markAsReadToken"])
        return jsonify({})


def _counts(api: Blueprint, platform: Platform) -> None:
    @api.get("/message/quota")
    def quota() -> Response:
        limit = platform.quota.limit
        return jsonify({"type": "none"} if limit is None else {"type": "limited", "value": limit})

    @api.get("/message/quota/consumption")
    def consumption() -> Response:
        return jsonify(totalUsage=platform.quota.used)

    @api.get("/message/delivery/<any(reply, push, multicast, broadcast):kind>")
    def delivered(kind: str) -> Response:
        day = request.args.get("date", "")
        if not re.fullmatch(r"\d{8}", day):
            raise ApiError(400, "The value for the 'date' parameter is invalid")
        return jsonify(status="ready", success=platform.quota.delivered_on(kind, day))


def _content(api: Blueprint, platform: Platform) -> None:
    def blob(message_id: str) -> tuple[str, bytes]:
        if platform.content_state(message_id) == "gone":
            raise ApiError(410, "Gone")
        if (found := platform.store.blob(message_id)) is None:
            raise not_found()
        return found

    @api.get("/message/<message_id>/content")
    def content(message_id: str) -> Response | tuple[Response, int]:
        if platform.content_state(message_id) == "processing":
            return jsonify({}), 202
        media_type, data = blob(message_id)
        return Response(data, mimetype=media_type)

    @api.get("/message/<message_id>/content/preview")
    def content_preview(message_id: str) -> Response | tuple[Response, int]:
        if platform.content_state(message_id) == "processing":
            return jsonify({}), 202
        try:
            return Response(preview(blob(message_id)[1]), mimetype="image/jpeg")
        except OSError as error:
            raise not_found() from error

    @api.get("/message/<message_id>/content/transcoding")
    def transcoding(message_id: str) -> Response:
        state = platform.content_state(message_id)
        if state == "gone":
            raise ApiError(410, "Gone")
        return jsonify(status=state)


def _people(api: Blueprint, platform: Platform) -> None:
    @api.get("/profile/<user_id>")
    def profile(user_id: str) -> Response:
        return jsonify(platform.profile(user_id))

    @api.get("/followers/ids")
    def followers() -> Response:
        everybody = platform.followers()
        limit = request.args.get("limit", 300, int)
        start = request.args.get("start", 0, int)
        if not 1 <= limit <= 1000:
            raise ApiError(400, "The value for the 'limit' parameter is invalid")
        page: dict[str, Any] = {"userIds": everybody[start : start + limit]}
        if start + limit < len(everybody):
            page["next"] = str(start + limit)
        return jsonify(page)

    @api.get("/info")
    def info() -> Response:
        return jsonify(
            userId=platform.bot_user_id,
            basicId="@000stand",
            displayName=platform.bot_name,
            chatMode="bot",
            markAsReadMode="manual",
        )


def _webhook(api: Blueprint, platform: Platform) -> None:
    def address(url: Any) -> str:
        if not isinstance(url, str) or not 0 < len(url) <= 500:
            raise _invalid("endpoint", "Length must be between 1 and 500")
        if not (url.startswith("https://") or is_loopback_url(url)):
            raise ApiError(400, "Invalid webhook endpoint URL")
        return url

    @api.get("/channel/webhook/endpoint")
    def endpoint() -> Response:
        return jsonify(endpoint=platform.webhook.url, active=not platform.webhook.settings.paused)

    @api.put("/channel/webhook/endpoint")
    def set_endpoint() -> Response:
        platform.webhook.url = address(checked(obj({"endpoint": text(500)}))["endpoint"])
        return jsonify({})

    @api.post("/channel/webhook/test")
    def test() -> Response:
        body = checked(obj({}, {"endpoint": text(500)}))
        outcome, detail = platform.webhook.test(address(body.get("endpoint", platform.webhook.url)))
        answered = outcome.isdigit()
        return jsonify(
            success=outcome.startswith("2"),
            timestamp=platform.clock.iso(),
            statusCode=int(outcome) if answered else 0,
            reason=detail if answered else outcome.upper(),
            detail=outcome,
        )


def _invalid(name: str, message: str) -> ApiError:
    return ApiError(400, "The request body has 1 error(s)", [{"message": message, "property": name}])
