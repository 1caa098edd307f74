"""Rich menus, their pictures, aliases, and who sees which."""

import secrets
from typing import Any

from bot.simulator.contract import check_rich_menu
from bot.simulator.contract.rich_menu import check_image
from bot.simulator.errors import ApiError, not_found
from bot.simulator.store import Store

MOST = 1000


class RichMenus:
    """Order of what a user sees: their own menu, else the default."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._menus: dict[str, dict[str, Any]] = store.all("rich_menu")
        self._aliases: dict[str, str] = store.all("rich_menu_alias")
        self._of_user: dict[str, str] = store.all("user_rich_menu")
        self._default: str | None = store.all("default_rich_menu").get("id")

    def create(self, body: Any) -> str:
        check_rich_menu(body)
        if len(self._menus) >= MOST:
            raise ApiError(400, "The maximum number of rich menus has been reached")
        menu_id = "richmenu-" + secrets.token_hex(16)
        self._menus[menu_id] = body
        self._store.put("rich_menu", menu_id, body)
        return menu_id

    def get(self, menu_id: str) -> dict[str, Any]:
        if menu_id not in self._menus:
            raise not_found()
        return {"richMenuId": menu_id, **self._menus[menu_id]}

    def all(self) -> list[dict[str, Any]]:
        return [self.get(menu_id) for menu_id in self._menus]

    def delete(self, menu_id: str) -> None:
        self.get(menu_id)
        del self._menus[menu_id]
        self._store.delete("rich_menu", menu_id)
        self._store.delete_blob(menu_id)
        if self._default == menu_id:
            self.set_default(None)
        for user_id in [user for user, menu in self._of_user.items() if menu == menu_id]:
            self.link(user_id, None)

    def set_image(self, menu_id: str, media_type: str, data: bytes) -> None:
        menu = self.get(menu_id)
        if self._store.blob(menu_id):
            raise ApiError(400, "An image has already been uploaded to the richmenu")
        check_image(menu, media_type, data)
        self._store.put_blob(menu_id, media_type, data)

    def image(self, menu_id: str) -> tuple[str, bytes]:
        self.get(menu_id)
        if (found := self._store.blob(menu_id)) is None:
            raise not_found()
        return found

    def _must_be_shown(self, menu_id: str) -> None:
        self.get(menu_id)
        if self._store.blob(menu_id) is None:
            raise ApiError(400, "must upload richmenu image before applying it to user")

    @property
    def default(self) -> str | None:
        return self._default

    def set_default(self, menu_id: str | None) -> None:
        if menu_id is None:
            self._store.delete("default_rich_menu", "id")
        else:
            self._must_be_shown(menu_id)
            self._store.put("default_rich_menu", "id", menu_id)
        self._default = menu_id

    def link(self, user_id: str, menu_id: str | None) -> None:
        if menu_id is None:
            self._of_user.pop(user_id, None)
            self._store.delete("user_rich_menu", user_id)
        else:
            self._must_be_shown(menu_id)
            self._of_user[user_id] = menu_id
            self._store.put("user_rich_menu", user_id, menu_id)

    def own(self, user_id: str) -> str | None:
        return self._of_user.get(user_id)

    def seen_by(self, user_id: str) -> dict[str, Any] | None:
        menu_id = self._of_user.get(user_id) or self._default
        return self.get(menu_id) if menu_id else None

    def set_alias(self, alias: str, menu_id: str, *, new: bool) -> None:
        if menu_id not in self._menus:
            raise ApiError(400, "richmenu not found")
        if new and alias in self._aliases:
            raise ApiError(400, "conflict richmenu alias id")
        if not new and alias not in self._aliases:
            raise ApiError(404, "richmenu alias not found")
        self._aliases[alias] = menu_id
        self._store.put("rich_menu_alias", alias, menu_id)

    def alias(self, alias: str) -> dict[str, str]:
        if alias not in self._aliases:
            raise ApiError(404, "richmenu alias not found")
        return {"richMenuAliasId": alias, "richMenuId": self._aliases[alias]}

    def aliases(self) -> list[dict[str, str]]:
        return [self.alias(alias) for alias in self._aliases]

    def delete_alias(self, alias: str) -> None:
        self.alias(alias)
        del self._aliases[alias]
        self._store.delete("rich_menu_alias", alias)
