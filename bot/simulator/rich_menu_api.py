"""Rich menus as a bot sees them."""

from flask import Blueprint, Response, jsonify, request

from bot.simulator.contract import check_rich_menu
from bot.simulator.contract.shape import array, matching, obj, text
from bot.simulator.errors import not_found
from bot.simulator.gate import checked, json_body
from bot.simulator.platform import Platform

_alias_id = matching(r"[a-z0-9_-]{1,32}", "Must be 1 to 32 of a-z, 0-9, _ and -")
_menu_id = text(100)
_new_alias = obj({"richMenuAliasId": _alias_id, "richMenuId": _menu_id})
_changed_alias = obj({"richMenuId": _menu_id})
_users = array(text(33), 1, 500)


def create(platform: Platform) -> Blueprint:
    api = Blueprint("rich_menu_api", __name__, url_prefix="/v2/bot")
    _menus(api, platform)
    _links(api, platform)
    _aliases(api, platform)
    return api


def _menus(api: Blueprint, platform: Platform) -> None:
    @api.post("/richmenu")
    def add() -> Response:
        return jsonify(richMenuId=platform.rich_menus.create(json_body()))

    @api.post("/richmenu/validate")
    def validate() -> Response:
        check_rich_menu(json_body())
        return jsonify({})

    @api.get("/richmenu/list")
    def everything() -> Response:
        return jsonify(richmenus=platform.rich_menus.all())

    @api.get("/richmenu/<menu_id>")
    def one(menu_id: str) -> Response:
        return jsonify(platform.rich_menus.get(menu_id))

    @api.delete("/richmenu/<menu_id>")
    def remove(menu_id: str) -> Response:
        platform.rich_menus.delete(menu_id)
        platform.everyone_changed()
        return jsonify({})

    @api.post("/richmenu/<menu_id>/content")
    def upload(menu_id: str) -> Response:
        platform.rich_menus.set_image(menu_id, request.mimetype, request.get_data())
        return jsonify({})

    @api.get("/richmenu/<menu_id>/content")
    def download(menu_id: str) -> Response:
        media_type, data = platform.rich_menus.image(menu_id)
        return Response(data, mimetype=media_type)


def _links(api: Blueprint, platform: Platform) -> None:
    @api.post("/user/all/richmenu/<menu_id>")
    def set_default(menu_id: str) -> Response:
        platform.rich_menus.set_default(menu_id)
        platform.everyone_changed()
        return jsonify({})

    @api.get("/user/all/richmenu")
    def default() -> Response:
        if platform.rich_menus.default is None:
            raise not_found()
        return jsonify(richMenuId=platform.rich_menus.default)

    @api.delete("/user/all/richmenu")
    def no_default() -> Response:
        platform.rich_menus.set_default(None)
        platform.everyone_changed()
        return jsonify({})

    @api.post("/user/<user_id>/richmenu/<menu_id>")
    def link(user_id: str, menu_id: str) -> Response:
        user = platform.user(user_id)
        platform.rich_menus.link(user_id, menu_id)
        platform.save_user(user)
        return jsonify({})

    @api.get("/user/<user_id>/richmenu")
    def of_user(user_id: str) -> Response:
        if (menu_id := platform.rich_menus.own(user_id)) is None:
            raise not_found()
        return jsonify(richMenuId=menu_id)

    @api.delete("/user/<user_id>/richmenu")
    def unlink(user_id: str) -> Response:
        platform.rich_menus.link(user_id, None)
        platform.save_user(platform.user(user_id))
        return jsonify({})

    @api.post("/richmenu/bulk/link")
    def bulk_link() -> tuple[Response, int]:
        body = checked(obj({"richMenuId": _menu_id, "userIds": _users}))
        for user_id in body["userIds"]:
            platform.rich_menus.link(user_id, body["richMenuId"])
        platform.everyone_changed()
        return jsonify({}), 202

    @api.post("/richmenu/bulk/unlink")
    def bulk_unlink() -> tuple[Response, int]:
        for user_id in checked(obj({"userIds": _users}))["userIds"]:
            platform.rich_menus.link(user_id, None)
        platform.everyone_changed()
        return jsonify({}), 202


def _aliases(api: Blueprint, platform: Platform) -> None:
    @api.post("/richmenu/alias")
    def add_alias() -> Response:
        body = checked(_new_alias)
        platform.rich_menus.set_alias(body["richMenuAliasId"], body["richMenuId"], new=True)
        return jsonify({})

    @api.get("/richmenu/alias/list")
    def aliases() -> Response:
        return jsonify(aliases=platform.rich_menus.aliases())

    @api.get("/richmenu/alias/<alias>")
    def alias(alias: str) -> Response:
        return jsonify(platform.rich_menus.alias(alias))

    @api.post("/richmenu/alias/<alias>")
    def change_alias(alias: str) -> Response:
        platform.rich_menus.set_alias(alias, checked(_changed_alias)["richMenuId"], new=False)
        return jsonify({})

    @api.delete("/richmenu/alias/<alias>")
    def remove_alias(alias: str) -> Response:
        platform.rich_menus.delete_alias(alias)
        return jsonify({})
