"""The hand on the stand-in: for tests, and for the chat page. Below /_control/, JSON in and out."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.simulator.errors import ApiError, not_found
from bot.simulator.faults import Fault
from bot.simulator.people import Done, act, act_all
from bot.simulator.platform import Call, Entry, Platform, User
from bot.simulator.samples import photo

LONGEST_WAIT = 60.0  # seconds


def create(platform: Platform) -> Blueprint:
    api = Blueprint("control", __name__, url_prefix="/_control")
    _people(api, platform)
    _watching(api, platform)
    _knobs(api, platform)
    return api


def _people(api: Blueprint, platform: Platform) -> None:
    @api.get("/users")
    def users() -> Response:
        return jsonify(users=[_user(platform, user) for user in platform.users()])

    @api.post("/users")
    def add_user() -> tuple[Response, int]:
        """{"name", "friend": true, "staff": false, "user_id"?}: no event is posted; send "follow" for that."""
        body = _body()
        user = platform.add_user(
            str(body.get("name", "คนทดลอง")),
            about=str(body.get("about", "")),
            staff=bool(body.get("staff", False)),
            friend=bool(body.get("friend", True)),
            user_id=body.get("user_id"),
        )
        return jsonify(_user(platform, user)), 201

    @api.post("/users/<user_id>/events")
    def do(user_id: str) -> Response:
        """{"type": "text", "text": ..., "wait": true}: act as the user; the answer has the webhook's status.

        "wait": false answers at once. Types: text, sticker, location, image, video, audio, file, postback,
        follow, block, unblock, unsend, raw (any event at all in "event").
        """
        body = _body()
        done = act(platform, user_id, body)
        return jsonify(_done(done, body.get("wait", True), platform.webhook.settings.timeout))

    @api.post("/events")
    def do_all() -> Response:
        """{"events": [{"user": id, ...as above}], "wait": false}: at once, so that they may share a POST."""
        body = _body()
        done = act_all(platform, [(str(one["user"]), _without(one, "user")) for one in body["events"]])
        seconds = platform.webhook.settings.timeout
        return jsonify(events=[_done(one, body.get("wait", False), seconds) for one in done])

    @api.get("/content/<message_id>")
    def content(message_id: str) -> Response:
        """What the user sent, for the chat page."""
        if (found := platform.store.blob(message_id)) is None:
            raise not_found()
        return Response(found[1], mimetype=found[0])

    @api.get("/sample/<name>.jpg")
    def sample(name: str) -> Response:
        return Response(photo(name), mimetype="image/jpeg")

    @api.get("/rich-menu/<menu_id>")
    def rich_menu_image(menu_id: str) -> Response:
        media_type, data = platform.rich_menus.image(menu_id)
        return Response(data, mimetype=media_type)


def _watching(api: Blueprint, platform: Platform) -> None:
    @api.get("/chat/<user_id>")
    def chat(user_id: str) -> Response:
        """?after=N&wait=seconds&from=bot: the bubbles that are new or changed since version N."""
        after, wait = _since()
        only_bot = request.args.get("from") == "bot"

        def news() -> list[Entry]:
            return [e for e in platform.entries(user_id, after) if e.from_bot or not only_bot]

        user = platform.user(user_id)
        found = platform.wait_for(news, wait)
        return jsonify(
            version=max((entry.version for entry in found), default=after),
            user=_user(platform, user),
            messages=[asdict(entry) for entry in found],
        )

    @api.get("/updates")
    def updates() -> Response:
        """?after=N&epoch=E&wait=seconds: everything that changed, for the chat page.

        After a reset or a restart the epoch is another, and everything is new.
        """
        after, wait = _since()
        if request.args.get("epoch") != platform.epoch:
            after, wait = 0, 0.0
        platform.wait_for(lambda: platform.version > after, wait)
        return jsonify(
            version=platform.version,
            epoch=platform.epoch,
            now=platform.clock.milliseconds(),
            users=[_user(platform, user) for user in platform.users(after)],
            messages=[asdict(entry) for entry in platform.entries(None, after)[-2000:]],
            calls=[_call(call) for call in platform.calls_after(after)[-200:]],
            quota={"limit": platform.quota.limit, "used": platform.quota.used},
        )

    @api.get("/log")
    def log() -> Response:
        """?after=N: the calls and webhook posts since version N, without tokens."""
        after, _ = _since()
        return jsonify(version=platform.version, calls=[_call(call) for call in platform.calls_after(after)])

    @api.get("/idle")
    def idle() -> Response:
        """?wait=seconds: wait until every webhook has been answered or given up."""
        _, wait = _since()
        return jsonify(idle=platform.webhook.idle(wait))


def _knobs(api: Blueprint, platform: Platform) -> None:
    @api.get("/settings")
    def settings() -> Response:
        return jsonify(
            webhook=asdict(platform.webhook.settings),
            webhook_url=platform.webhook.url,
            clock_offset=platform.clock.offset,
            reply_token_seconds=platform.reply_tokens.lifetime,
            preparing_seconds=platform.preparing_seconds,
            rates=platform.rates.enabled,
            quota={"limit": platform.quota.limit, "used": platform.quota.used},
            faults=platform.faults.waiting(),
        )

    @api.post("/settings")
    def change() -> Response:
        """Any of the keys that GET shows, faults aside; {"webhook": {"paused": true}} and so on."""
        body = _body()
        try:
            platform.webhook.configure(**body.get("webhook", {}))
        except AttributeError as error:
            raise ApiError(400, str(error)) from error
        platform.webhook.url = body.get("webhook_url", platform.webhook.url)
        platform.clock.offset = float(body.get("clock_offset", platform.clock.offset))
        platform.reply_tokens.lifetime = float(body.get("reply_token_seconds", platform.reply_tokens.lifetime))
        platform.preparing_seconds = float(body.get("preparing_seconds", platform.preparing_seconds))
        platform.rates.enabled = bool(body.get("rates", platform.rates.enabled))
        if "quota" in body:
            platform.quota.set(body["quota"].get("limit", platform.quota.limit), body["quota"].get("used"))
            platform.everyone_changed()
        return settings()

    @api.post("/faults")
    def add_fault() -> tuple[Response, int]:
        """{"endpoint": "push", "kind": "accepted_status", "times": 1, "status": 500, "seconds": 5}"""
        try:
            platform.faults.add(Fault(**_body()))
        except (TypeError, ValueError) as error:
            raise ApiError(400, str(error)) from error
        return jsonify(faults=platform.faults.waiting()), 201

    @api.delete("/faults")
    def no_faults() -> Response:
        platform.faults.clear()
        return jsonify(faults=[])

    @api.post("/reset")
    def reset() -> Response:
        platform.reset()
        return jsonify({})


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ApiError(400, "A JSON object is needed")
    return body


def _since() -> tuple[int, float]:
    wait = request.args.get("wait", 0.0, float)
    return request.args.get("after", 0, int), min(max(wait, 0.0), LONGEST_WAIT)


def _user(platform: Platform, user: User) -> dict[str, Any]:
    return asdict(user) | {"rich_menu": platform.rich_menus.seen_by(user.id)}


def _call(call: Call) -> dict[str, Any]:
    return asdict(call)


def _done(done: Done, wait: bool, timeout: float) -> dict[str, Any]:
    answer: dict[str, Any] = {"message_id": done.entry.id if done.entry else None}
    if done.delivery is not None:
        if wait:
            done.delivery.tried.wait(timeout + 1)
        answer |= {
            "webhook": done.delivery.outcome,
            "delivered": done.delivery.delivered,
            "webhookEventId": done.delivery.event["webhookEventId"],
        }
    return answer


def _without(body: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != key}
