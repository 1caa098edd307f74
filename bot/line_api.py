"""The only module that calls LINE. Calls go through line-bot-sdk's client, kept for the life of the process.

What the SDK leaves open is closed here: every call has a timeout, nothing is retried behind our back (the outbox
decides that), connections share one TLS context, and every way to fail is a LineFailure. The SDK's request models are
not used: they cost more than the rest of a call (benchmarks/outbox.py) and silently drop Flex keys they do not know.

linebot is imported when a LineApi is made, not before: it takes 1.3 s and 73 MB, and the web process needs none of it.
Neither tokens nor content are logged.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import structlog
import urllib3

Kind = Literal[
    "network", "server", "rate_limit", "monthly_limit", "invalid_token", "unauthorized", "gone", "not_ready", "refused"
]

API = "https://api.line.me"
DATA_API = "https://api-data.line.me"  # files
ISSUER = "https://access.line.me"  # of ID tokens
CONTENT_SECONDS = 120  # the longest that one file may take
_RETRYABLE = {"network", "server", "rate_limit", "unauthorized", "not_ready"}

log = structlog.get_logger(__name__)


class LineFailure(Exception):
    """A call that LINE did not carry out, or of which we do not know whether it did.

    kind: "network" (no answer), "server" (5xx), "rate_limit" (429), "monthly_limit" (429), "invalid_token" (a reply
    token used, expired or wrong), "unauthorized" (401: the channel access token), "gone" (404, 410), "not_ready" (202:
    a file is being prepared), "refused" (any other answer). `status` is 0 without an answer. `message` and `property`
    are LINE's own words; `request_id` is its x-line-request-id.
    """

    def __init__(
        self,
        kind: Kind,
        status: int = 0,
        message: str = "",
        property: str = "",
        request_id: str = "",
        maybe_accepted: bool = False,
    ) -> None:
        super().__init__(f"{kind} {status}".strip())
        self.kind: Kind = kind
        self.status = status
        self.message = message
        self.property = property
        self.request_id = request_id
        # True when LINE may have carried the call out all the same.
        self.maybe_accepted = maybe_accepted

    @property
    def retryable(self) -> bool:
        """True when the same call may succeed later."""
        return self.kind in _RETRYABLE


@dataclass(frozen=True, slots=True)
class Quota:
    """Messages of this month; `limit` None: no limit. LINE calls `used` approximate."""

    limit: int | None
    used: int

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)


class LineLogin:
    """LINE's word on the ID tokens that LIFF pages bring. Needs no linebot and no channel access token."""

    def __init__(self, base: str = "", timeout: tuple[float, float] = (3.05, 5)) -> None:
        self._address = f"{base or API}/oauth2/v2.1/verify"
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(*timeout), retries=False)

    def user_of(self, id_token: str, channel_id: str) -> str | None:
        """The LINE user id of a valid token for this LINE Login channel; None for any other, and when LINE does not
        answer: the page then works as plain web. https://developers.line.biz/en/reference/line-login/#verify-id-token"""
        fields = {"id_token": id_token[:4000], "client_id": channel_id}
        try:
            answer = self._pool.request("POST", self._address, fields=fields, encode_multipart=False)
        except urllib3.exceptions.HTTPError as error:
            log.warning("line_login", error=type(error).__name__)
            return None
        claims = _json(answer.data)
        said = (answer.status, claims.get("iss"), claims.get("aud"))
        if said != (200, ISSUER, channel_id):
            log.info("line_login_refused", status=answer.status)
            return None
        return str(claims["sub"]) if claims.get("sub") else None


class LineApi:
    """One LINE channel. Safe to share by threads.

    `base`: one address for both of LINE's hosts (the stand-in), or "". `timeout`: seconds to connect and to wait for
    the next bytes. `connections`: how many calls may be under way at a time.
    """

    def __init__(
        self, token: str, base: str = "", timeout: tuple[float, float] = (3.05, 10), connections: int = 24
    ) -> None:
        from linebot.v3.messaging import ApiClient, ApiException, Configuration

        configuration = Configuration(access_token=token)
        configuration.retries = False
        configuration.connection_pool_maxsize = connections
        self._client = ApiClient(configuration)
        # One context for all connections: reading the CA bundle anew costs 40-70 ms CPU each.
        self._client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = ssl.create_default_context()
        self._exception: type[Exception] = ApiException
        self._hosts = (base or API, base or DATA_API)
        self._timeout = timeout
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "User-Agent": self._client.user_agent,
        }

    def close(self) -> None:
        """Close all connections."""
        self._client.rest_client.pool_manager.clear()

    # -- messages ----------------------------------------------------------------------------------------

    def reply(self, reply_token: str, messages: Sequence[dict[str, Any]]) -> str:
        """Answer an event; LINE's request id. Free; a token works once, within a minute. Raises LineFailure."""
        body = {"replyToken": reply_token, "messages": list(messages)}
        return self._call("POST", "/v2/bot/message/reply", body)[1]

    def push(self, user_id: str, messages: Sequence[dict[str, Any]], retry_key: str) -> str:
        """Send against the quota; LINE's request id. The same `retry_key` (a UUID) is never delivered twice within
        24 hours: LINE's 409 names the request that was accepted, and that is a success. Raises LineFailure."""
        body = {"to": user_id, "messages": list(messages)}
        return self._call("POST", "/v2/bot/message/push", body, {"X-Line-Retry-Key": retry_key})[1]

    def quota(self) -> Quota:
        limit = self._get("/v2/bot/message/quota")
        used = self._get("/v2/bot/message/quota/consumption")
        return Quota(limit["value"] if limit.get("type") == "limited" else None, int(used.get("totalUsage", 0)))

    def loading(self, user_id: str, seconds: int = 20) -> None:
        """Show the loading animation; `seconds` is 5-60 in steps of 5."""
        self._call("POST", "/v2/bot/chat/loading/start", {"chatId": user_id, "loadingSeconds": seconds})

    # -- people and files --------------------------------------------------------------------------------

    def profile(self, user_id: str) -> dict[str, Any]:
        """displayName and so on; LineFailure "gone" for who blocked us or never was a friend."""
        return self._get(f"/v2/bot/profile/{user_id}")

    def content(self, message_id: str, most: int) -> bytes:
        """A file that a user sent. Reading stops once there are more than `most` bytes: then `most` + 1 come back.
        Raises LineFailure: "not_ready" while LINE is preparing it, "gone" when unsent, expired or unknown."""
        with self._failures("GET", "/v2/bot/message/-/content") as note:
            response = self._request("GET", f"{self._hosts[1]}/v2/bot/message/{message_id}/content", stream=True)
            try:
                note(response.status, response.headers)
                if response.status == 202:
                    raise LineFailure("not_ready", 202, request_id=_request_id(response.headers))
                until = time.monotonic() + CONTENT_SECONDS
                data = bytearray()
                while chunk := response.read(min(1 << 16, most + 1 - len(data))):
                    data += chunk
                    if time.monotonic() > until:
                        raise LineFailure("network", message="too slow")
                return bytes(data)
            finally:
                response.close()  # not drained: the rest may be megabytes that nobody wants

    def content_state(self, message_id: str) -> str:
        """ "processing", "succeeded" or "failed" for video and audio. Raises LineFailure."""
        answer, _ = self._call("GET", f"/v2/bot/message/{message_id}/content/transcoding", host=1)
        return str(answer.get("status", ""))

    # -- the channel -------------------------------------------------------------------------------------

    def bot_info(self) -> dict[str, Any]:
        return self._get("/v2/bot/info")

    def webhook_endpoint(self) -> dict[str, Any]:
        """{"endpoint": address, "active": bool}; LineFailure "gone" when none is set."""
        return self._get("/v2/bot/channel/webhook/endpoint")

    def set_webhook_endpoint(self, address: str) -> None:
        self._call("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": address})

    def test_webhook_endpoint(self, address: str = "") -> dict[str, Any]:
        """Let LINE post an empty event to the webhook: {"success", "statusCode", "reason", "detail", ...}."""
        body = {"endpoint": address} if address else {}
        return self._call("POST", "/v2/bot/channel/webhook/test", body)[0]

    # -- rich menus --------------------------------------------------------------------------------------

    def rich_menus(self) -> list[dict[str, Any]]:
        """Those made through the API, each with its richMenuId."""
        return list(self._get("/v2/bot/richmenu/list").get("richmenus", []))

    def create_rich_menu(self, menu: dict[str, Any]) -> str:
        """The new menu's id; it shows nothing before its image is uploaded."""
        return str(self._call("POST", "/v2/bot/richmenu", menu)[0]["richMenuId"])

    def upload_rich_menu_image(self, menu_id: str, image: bytes, content_type: str) -> None:
        path = f"/v2/bot/richmenu/{menu_id}/content"
        self._call("POST", path, image, {"Content-Type": content_type}, host=1)

    def default_rich_menu(self) -> str:
        """The id of the menu that everybody sees, or ""."""
        try:
            return str(self._get("/v2/bot/user/all/richmenu").get("richMenuId", ""))
        except LineFailure as failure:
            if failure.kind == "gone":
                return ""
            raise

    def set_default_rich_menu(self, menu_id: str) -> None:
        self._call("POST", f"/v2/bot/user/all/richmenu/{menu_id}")

    def delete_rich_menu(self, menu_id: str) -> None:
        self._call("DELETE", f"/v2/bot/richmenu/{menu_id}")

    # -- one call ----------------------------------------------------------------------------------------

    def _get(self, path: str) -> dict[str, Any]:
        return self._call("GET", path)[0]

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | bytes | None = None,
        headers: dict[str, str] | None = None,
        host: int = 0,
    ) -> tuple[dict[str, Any], str]:
        """LINE's answer and its request id. Raises LineFailure."""
        with self._failures(method, path) as note:
            try:
                response = self._request(method, self._hosts[host] + path, body, headers)
            except self._exception as error:
                accepted = _accepted_before(error)
                if accepted is None:
                    raise
                note(409, {"x-line-request-id": accepted})
                return {}, accepted
            note(response.status, response.getheaders())
            return _json(response.data), _request_id(response.getheaders())

    def _request(
        self,
        method: str,
        url: str,
        body: dict[str, Any] | bytes | None = None,
        headers: dict[str, str] | None = None,
        stream: bool = False,
    ) -> Any:
        if body is not None or method in ("POST", "PUT"):
            headers = {"Content-Type": "application/json", **(headers or {})}
        return self._client.request(
            method,
            url,
            headers={**self._headers, **(headers or {})},
            body=body,
            _preload_content=not stream,
            _request_timeout=self._timeout,
        )

    @contextmanager
    def _failures(self, method: str, path: str) -> Iterator[Callable[[int, Any], None]]:
        """Turn what the SDK and urllib3 raise into LineFailure, and log the call as LINE recommends. The block notes
        the status and headers of the answer."""
        started = time.monotonic()
        status, request_id, trouble = 0, "", ""

        def note(answered: int, headers: Any) -> None:
            nonlocal status, request_id
            status, request_id = answered, _request_id(headers)

        try:
            try:
                yield note
            except self._exception as error:
                raise _failure(error) from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise _silence(error) from error
        except LineFailure as failure:
            status, request_id, trouble = failure.status or status, failure.request_id or request_id, failure.kind
            raise
        finally:
            log.info(
                "line.call",
                method=method,
                endpoint=_without_ids(path),
                status=status,
                failure=trouble,
                request_id=request_id,
                ms=round((time.monotonic() - started) * 1000),
            )


def _silence(error: Exception) -> LineFailure:
    """No answer. Before a connection stands LINE cannot have heard us; after that we cannot know."""
    unheard = isinstance(error, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))
    return LineFailure("network", message=type(error).__name__, maybe_accepted=not unheard)


def _failure(error: Any) -> LineFailure:
    """What an SDK exception says. `body` is text or bytes, `headers` a mapping; both may be None."""
    status = int(error.status or 0)
    answer = _json(error.body)
    message = str(answer.get("message", ""))
    details = answer.get("details") or [{}]
    kind: Kind
    if status == 0:
        kind = "network"  # TLS trouble
    elif status >= 500:
        kind = "server"
    elif status == 429:
        kind = "monthly_limit" if "monthly limit" in message.lower() else "rate_limit"
    elif status == 401:
        kind = "unauthorized"
    elif status in (404, 410):
        kind = "gone"
    elif status == 400 and "invalid reply token" in message.lower():
        kind = "invalid_token"
    else:
        kind = "refused"
    return LineFailure(
        kind,
        status,
        message,
        str(details[0].get("property", "")),
        _request_id(error.headers),
        maybe_accepted=kind == "server",
    )


def _accepted_before(error: Any) -> str | None:
    """The id of the request that this retry key was accepted with (409), else None."""
    if error.status != 409:
        return None
    headers = error.headers or {}
    return str(headers.get("x-line-accepted-request-id", "") or _request_id(headers))


def _request_id(headers: Any) -> str:
    return str((headers or {}).get("x-line-request-id", ""))


def _json(body: Any) -> dict[str, Any]:
    try:
        answer = json.loads(body or b"{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _without_ids(path: str) -> str:
    return "/".join("-" if any(c.isdigit() for c in part) and part != "v2" else part for part in path.split("/"))
