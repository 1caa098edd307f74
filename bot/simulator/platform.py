"""The state of the stand-in: people, friendships, chats, and what is sent between them and the bot."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bot.simulator.clock import Clock
from bot.simulator.delivery import Deliverer, Delivery
from bot.simulator.errors import ApiError, not_found
from bot.simulator.faults import Faults
from bot.simulator.ids import USER_ID, Numbers, new_user_id, token, user_id_of
from bot.simulator.ledger import Quota, Rates, ReplyTokens, RetryKeys
from bot.simulator.rich_menus import RichMenus
from bot.simulator.store import Store

PUSH_WINDOW_SECONDS = 7 * 24 * 3600  # a non-friend who wrote may be pushed to for this long
CALLS_KEPT = 20_000

T = TypeVar("T")


@dataclass(frozen=True)
class Persona:
    """An invented person whom the chat page lets one be."""

    name: str
    about: str = ""
    staff: bool = False

    @property
    def user_id(self) -> str:
        return user_id_of(self.name)


@dataclass
class User:
    id: str
    name: str
    about: str = ""
    staff: bool = False
    friend: bool = False
    blocked: bool = False
    wrote_at: float | None = None  # epoch seconds
    loading_until: float = 0.0  # epoch seconds
    version: int = 0


@dataclass
class Entry:
    """One bubble of a chat. `how`: user, postback, reply (free), push/multicast/broadcast (paid), notice."""

    id: str
    user_id: str
    how: str
    at: int  # epoch milliseconds
    message: dict[str, Any]
    request_id: str | None = None
    unsent: bool = False
    read: bool = False
    webhook: str | None = None  # outcome of the event's last delivery
    version: int = 0

    @property
    def from_bot(self) -> bool:
        return self.how in {"reply", "push", "multicast", "broadcast"}


@dataclass
class Content:
    """A file that a user sent. LINE needs a moment for video and audio."""

    message_id: str
    ready_at: float
    unsent: bool = False


@dataclass
class Call:
    """One line of "what happens": an API call of the bot's, or a webhook post to it. Never a token."""

    kind: str  # "api" or "webhook"
    at: int  # epoch milliseconds
    what: str
    status: str
    milliseconds: int
    request_id: str | None = None
    body: Any = None
    answer: Any = None
    user_ids: list[str] = field(default_factory=list)
    version: int = 0


class Platform:
    """All state, in memory behind one lock, written through to a store that a restart reads back."""

    def __init__(
        self,
        channel_secret: str,
        channel_access_token: str,
        webhook_url: str,
        *,
        state_path: Path | None = None,
        personas: Sequence[Persona] = (),
        bot_name: str = "บัญชีทดลอง",
    ) -> None:
        self.access_token = channel_access_token
        self.bot_name = bot_name
        self.bot_user_id = user_id_of("the bot itself")
        self.clock = Clock()
        self.store = Store(state_path)
        self.faults = Faults()
        self.rates = Rates()
        self.preparing_seconds = 1.0  # how long video and audio answer 202
        self._numbers = Numbers()
        self._changed = threading.Condition(threading.RLock())
        self._start(personas)
        self.webhook = Deliverer(
            channel_secret, self.bot_user_id, webhook_url, self.faults, self._before_post, self._after_post
        )

    def _start(self, personas: Sequence[Persona]) -> None:
        self.epoch = token(9)  # version numbers of another epoch mean nothing
        self.reply_tokens = ReplyTokens(self.clock)
        self.retry_keys = RetryKeys(self.clock, self.store)
        self.quota = Quota(self.clock, self.store)
        self.rich_menus = RichMenus(self.store)
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self._personas = list(personas)
        self._users = {key: User(**body) for key, body in self.store.all("user").items()}
        self._entries = {key: Entry(**body) for key, body in self.store.all("entry").items()}
        self._content = {key: Content(**body) for key, body in self.store.all("content").items()}
        self._read_tokens: dict[str, str] = {}  # markAsReadToken: message id
        self._by_event: dict[str, str] = {}  # webhookEventId: entry id
        versions = [user.version for user in self._users.values()]
        self.version = max(versions + [entry.version for entry in self._entries.values()], default=0)
        for persona in personas:
            if known := self._users.get(persona.user_id):
                known.about, known.staff = persona.about, persona.staff
            else:
                self.add_user(persona.name, about=persona.about, staff=persona.staff, user_id=persona.user_id)

    def reset(self) -> None:
        """Forget everything but the personas. Settings of faults and delivery go back to normal too."""
        with self._changed:
            self.webhook.forget()
            self.webhook.settings = type(self.webhook.settings)()
            self.faults.clear()
            self.clock.offset = 0.0
            self.store.clear()
            version = self.version
            self._start(self._personas)
            self.version = max(self.version, version)
            self._touch()

    def close(self) -> None:
        self.webhook.stop()
        self.store.close()

    # -- watching ------------------------------------------------------------------------------------

    def _touch(self) -> int:
        """Note a change and wake whoever waits for one."""
        self.version += 1
        self._changed.notify_all()
        return self.version

    def wait_for(self, found: Callable[[], T], seconds: float) -> T:
        """The first true answer of `found`, or its last answer when the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: bool(found()), seconds)
            return found()

    def entries(self, user_id: str | None = None, after: int = 0) -> list[Entry]:
        with self._changed:
            return [
                entry
                for entry in self._entries.values()
                if entry.version > after and (user_id is None or entry.user_id == user_id)
            ]

    def users(self, after: int = 0) -> list[User]:
        with self._changed:
            return [user for user in self._users.values() if user.version > after]

    def calls_after(self, after: int) -> list[Call]:
        with self._changed:
            return [call for call in self.calls if call.version > after]

    def note_call(self, call: Call) -> None:
        with self._changed:
            call.version = self._touch()
            self.calls.append(call)

    # -- people --------------------------------------------------------------------------------------

    def add_user(
        self,
        name: str,
        *,
        about: str = "",
        staff: bool = False,
        friend: bool = False,
        user_id: str | None = None,
    ) -> User:
        with self._changed:
            user = User(user_id or new_user_id(), name, about, staff, friend)
            self._users[user.id] = user
            return self.save_user(user)

    def save_user(self, user: User) -> User:
        with self._changed:
            user.version = self._touch()
            self.store.put("user", user.id, asdict(user))
            return user

    def everyone_changed(self) -> None:
        """Something that all see has changed: the default rich menu."""
        with self._changed:
            for user in self._users.values():
                self.save_user(user)

    def user(self, user_id: str) -> User:
        """Raises ApiError 404 for a stranger."""
        with self._changed:
            if user_id not in self._users:
                raise not_found()
            return self._users[user_id]

    def profile(self, user_id: str) -> dict[str, str]:
        """Raises ApiError 404 for strangers, for those who aren't friends and for those who block."""
        user = self.user(user_id)
        if user.blocked or not (user.friend or self._wrote_lately(user)):
            raise not_found()
        return {"userId": user.id, "displayName": user.name, "language": "th"}

    def _wrote_lately(self, user: User) -> bool:
        return user.wrote_at is not None and self.clock.seconds() - user.wrote_at < PUSH_WINDOW_SECONDS

    def followers(self) -> list[str]:
        with self._changed:
            return [user.id for user in self._users.values() if user.friend and not user.blocked]

    # -- chats ---------------------------------------------------------------------------------------

    def add_entry(self, user_id: str, how: str, message: dict[str, Any], request_id: str | None = None) -> Entry:
        with self._changed:
            now = self.clock.milliseconds()
            entry = Entry(self._numbers.next(now), user_id, how, now, message, request_id)
            self._entries[entry.id] = entry
            return self._save_entry(entry)

    def _save_entry(self, entry: Entry) -> Entry:
        entry.version = self._touch()
        self.store.put("entry", entry.id, asdict(entry))
        return entry

    def entry(self, message_id: str) -> Entry:
        with self._changed:
            if message_id not in self._entries:
                raise not_found()
            return self._entries[message_id]

    def unsend(self, entry: Entry) -> None:
        with self._changed:
            entry.unsent = True
            entry.message = {"type": entry.message["type"]}
            if content := self._content.get(entry.id):
                content.unsent = True
                self.store.put("content", entry.id, asdict(content))
                self.store.delete_blob(entry.id)
            self._save_entry(entry)

    # -- what the bot sends --------------------------------------------------------------------------

    def reply(self, reply_token: str, messages: list[dict[str, Any]], request_id: str) -> list[dict[str, str]]:
        with self._changed:
            user_id = self.reply_tokens.take(reply_token)
            sent = self._deliver([user_id], "reply", messages, request_id)
            self.quota.count("reply", 1)
            return sent

    def send(
        self,
        kind: str,
        to: Sequence[str],
        messages: list[dict[str, Any]],
        request_id: str,
        retry_key: str | None,
    ) -> list[dict[str, str]]:
        """A push, multicast or broadcast: counted per recipient who gets it, not per message object.

        Raises ApiError 400, 409 (key accepted before) or 429 (the month is used up).
        """
        with self._changed:
            self.retry_keys.check(retry_key)
            if kind == "push" and (not USER_ID.fullmatch(to[0])):
                problem = {"message": "Must be a user id", "property": "to"}
                raise ApiError(400, "The property, 'to', in the request body is invalid", [problem])
            if kind == "push" and to[0] not in self._users:
                raise ApiError(400, "Failed to send messages")
            reached = [user_id for user_id in dict.fromkeys(to) if self._reachable(user_id, kind)]
            self.quota.check(len(reached))
            sent = self._deliver(reached, kind, messages, request_id) or self._undelivered(messages)
            self.quota.count(kind, len(reached))
            self.retry_keys.accept(retry_key, request_id, sent if kind == "push" else [])
            return sent

    def _reachable(self, user_id: str, kind: str) -> bool:
        user = self._users.get(user_id)
        if user is None or user.blocked:
            return False
        return user.friend or (kind == "push" and self._wrote_lately(user))

    def _deliver(
        self, user_ids: Iterable[str], how: str, messages: list[dict[str, Any]], request_id: str
    ) -> list[dict[str, str]]:
        sent: list[dict[str, str]] = []
        for user_id in user_ids:
            user = self._users[user_id]
            if user.blocked:
                continue
            entries = [self.add_entry(user_id, how, message, request_id) for message in messages]
            sent = [{"id": entry.id, "quoteToken": token(24)} for entry in entries]
            user.loading_until = 0.0
            self.save_user(user)
        return sent or self._undelivered(messages)

    def _undelivered(self, messages: list[dict[str, Any]]) -> list[dict[str, str]]:
        """LINE answers 200 with ids for a user who blocks; nothing arrives."""
        return [{"id": self._numbers.next(self.clock.milliseconds())} for _ in messages]

    def show_loading(self, user_id: str, seconds: int) -> None:
        with self._changed:
            user = self._users.get(user_id)
            if user is None:
                raise ApiError(400, "The chat ID is invalid")
            if not user.blocked:
                user.loading_until = self.clock.seconds() + seconds
                self.save_user(user)

    def mark_as_read(self, read_token: str) -> None:
        """Everything that the user wrote up to that message becomes read."""
        with self._changed:
            message_id = self._read_tokens.get(read_token)
            if message_id is None:
                raise ApiError(400, "The markAsReadToken is invalid")
            newest = self._entries[message_id]
            for entry in self.entries(newest.user_id):
                if not entry.from_bot and not entry.read and entry.at <= newest.at:
                    entry.read = True
                    self._save_entry(entry)

    # -- what users send -----------------------------------------------------------------------------

    def add_content(self, entry: Entry, media_type: str, data: bytes, *, slow: bool) -> None:
        with self._changed:
            ready_at = self.clock.seconds() + (self.preparing_seconds if slow else 0.0)
            self._content[entry.id] = Content(entry.id, ready_at)
            self.store.put_blob(entry.id, media_type, data)
            self.store.put("content", entry.id, asdict(self._content[entry.id]))

    def content_state(self, message_id: str) -> str:
        """succeeded, processing or gone. Raises ApiError 404 where there never was any."""
        with self._changed:
            if message_id not in self._content:
                raise not_found()
            content = self._content[message_id]
            if content.unsent:
                return "gone"
            return "succeeded" if self.clock.seconds() >= content.ready_at else "processing"

    def read_token(self, entry: Entry) -> str:
        value = token()
        self._read_tokens[value] = entry.id
        return value

    def post_events(self, events: Iterable[tuple[dict[str, Any], str, Entry | None]]) -> list[Delivery]:
        """Put (event, user id, its chat entry) on their way to the webhook, as one go."""
        with self._changed:
            deliveries = []
            for event, user_id, entry in events:
                if entry is not None:
                    self._by_event[event["webhookEventId"]] = entry.id
                deliveries.append(Delivery(event, user_id))
        self.webhook.submit(deliveries)
        return deliveries

    def _before_post(self, delivery: Delivery) -> None:
        with self._changed:
            self.reply_tokens.delivered(delivery.event.get("replyToken", ""))

    def _after_post(self, batch: list[Delivery], outcome: str, seconds: float) -> None:
        with self._changed:
            for delivery in batch:
                entry = self._entries.get(self._by_event.get(delivery.event["webhookEventId"], ""))
                if entry is not None and entry.webhook != outcome:
                    entry.webhook = outcome
                    self._save_entry(entry)
        self.note_call(
            Call(
                "webhook",
                self.clock.milliseconds(),
                ", ".join(delivery.event["type"] for delivery in batch),
                outcome,
                round(seconds * 1000),
                body=without_tokens([delivery.event for delivery in batch]),
                user_ids=sorted({delivery.user_id for delivery in batch}),
            )
        )


_TOKENS = ("replyToken", "markAsReadToken", "quoteToken")


def without_tokens(value: Any) -> Any:
    """A copy to show: whatever opens something is left out."""
    if isinstance(value, dict):
        return {key: "…" if key in _TOKENS else without_tokens(part) for key, part in value.items()}
    if isinstance(value, list):
        return [without_tokens(part) for part in value]
    return value
