"""Our messages → LINE messages, always inside LINE's limits. Pure.

Nothing is dropped: what does not fit is split, shortened, or said in words (DESIGN, rule 3). Quick replies show only
on the last message of a turn (LINE, "Use quick replies"), so those of all messages are gathered there.
Limits: LINE Messaging API reference, August 2026.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from bot.shorten import blank, clean, pieces, shorten, units
from handlers.messages import Card, Choice, Message, Picture, Pin, Row, Say, plain
from thai.digits import to_arabic

LineMessage = dict[str, Any]

MESSAGES_PER_CALL = 5
TEXT_UNITS = 5_000
LABEL = 20
POSTBACK = 300
URI = 1_000
MEDIA_URL = 2_000
QUICK_REPLIES = 13
BUBBLE_BYTES = 30_000
ALT_TEXT = 400  # LINE takes 1,500 today; older clients and documents say 400
PLACE = 100

# Calm green on white; every pair below has a contrast of at least 4.5 : 1 (WCAG AA).
GREEN = "#0B6B50"
PALE = "#E3F0EB"
INK = "#1F2A26"
GREY = "#55625D"
WHITE = "#FFFFFF"

_MENU = Choice("เมนู", "menu")
_DEVICE = {"location": "location", "camera": "camera", "album": "cameraRoll"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def calls(
    messages: Sequence[Message], *, allow_loopback: bool = False, words_only: bool = False
) -> list[list[LineMessage]]:
    """The turn as requests of at most five messages each; texts are merged so that one request mostly suffices."""
    rendered = render(messages, allow_loopback=allow_loopback, words_only=words_only)
    if len(rendered) > MESSAGES_PER_CALL:
        rendered = _merged(rendered)
    return [rendered[at : at + MESSAGES_PER_CALL] for at in range(0, len(rendered), MESSAGES_PER_CALL)]


def render(messages: Sequence[Message], *, allow_loopback: bool = False, words_only: bool = False) -> list[LineMessage]:
    """One turn's messages as LINE message objects. `allow_loopback`: http is taken for pictures of this machine (the
    stand-in). `words_only`: plain text and nothing else, for when LINE refused the rich form."""
    turn = _Turn(allow_loopback, words_only)
    for message in messages:
        turn.add(message)
    return turn.finished()


class _Turn:
    """What has been rendered so far, and what must still find its place at the end."""

    def __init__(self, allow_loopback: bool, words_only: bool) -> None:
        self.allow_loopback = allow_loopback
        self.words_only = words_only
        self.out: list[LineMessage] = []
        self.choices: dict[Choice, None] = {}  # in order, each once
        self.in_words: dict[Choice, None] = {}  # cannot be a button

    def add(self, message: Message) -> None:
        match message:
            case Say():
                self._say(message.text)
                self._offer(message.choices)
            case Card():
                self._card(message)
                self._offer(message.choices)
            case Picture():
                self._picture(message)
            case Pin():
                self._pin(message)

    def finished(self) -> list[LineMessage]:
        quick, surplus = _quick_replies(() if self.words_only else self.choices)
        said = [*self.in_words, *(self.choices if self.words_only else surplus)]
        if said:
            self._say("\n".join(["ตัวเลือกอื่น พิมพ์ตอบได้เลยค่ะ", *map(_in_words, dict.fromkeys(said))]))
        if quick:
            if not self.out:
                self._say("เลือกได้เลยค่ะ")
            self.out[-1]["quickReply"] = {"items": [{"type": "action", "action": action} for action in quick]}
        return self.out

    def _say(self, text: str) -> None:
        self.out += [{"type": "text", "text": part} for part in pieces(clean(text).strip("\n").rstrip(), TEXT_UNITS)]

    def _offer(self, choices: Iterable[Choice]) -> None:
        for choice in choices:
            target = self.choices if _action(choice) else self.in_words
            target.setdefault(choice)

    def _card(self, card: Card) -> None:
        image = self._media(card.image_url)
        bubble = None if self.words_only else _bubble(card, image)
        if bubble and len(json.dumps(bubble)) <= BUBBLE_BYTES:
            self.out.append({"type": "flex", "altText": _alt_text(card), "contents": bubble})
            self._offer(b for b in card.buttons if b.action in _DEVICE or not _action(b))
            self._offer(tap for row in card.rows if (tap := _tap(row)) and not _action(tap))
        else:
            self._say(plain(card))
            self._offer(card.buttons)
            self._offer(tap for row in card.rows if (tap := _tap(row)))
        if card.image_url and not (bubble and image):
            self._say(card.image_url)

    def _picture(self, picture: Picture) -> None:
        url = None if self.words_only else self._media(picture.url)
        if url is None:
            self._say("\n".join(part for part in (picture.alt, picture.url) if part))
            return
        preview = self._media(picture.preview_url) or url
        self.out.append({"type": "image", "originalContentUrl": url, "previewImageUrl": preview})
        self._say(picture.alt)  # an image message has no alternative text of its own

    def _pin(self, pin: Pin) -> None:
        title, address = (clean(part).strip() for part in (pin.title, pin.address))
        on_earth = -90 <= pin.latitude <= 90 and -180 <= pin.longitude <= 180
        if self.words_only or not on_earth or blank(title):
            where = f"https://maps.google.com/?q={pin.latitude},{pin.longitude}" if on_earth else ""
            self._say("\n".join(part for part in (title, address, where) if part))
            return
        self.out.append(
            {
                "type": "location",
                "title": shorten(title, PLACE),
                "address": shorten(title if blank(address) else address, PLACE),
                "latitude": float(pin.latitude),
                "longitude": float(pin.longitude),
            }
        )
        if len(title) > PLACE or len(address) > PLACE:
            self._say(f"{title}\n{address}")

    def _media(self, url: str) -> str | None:
        """The address if LINE may fetch it, else None."""
        address = _uri(url, MEDIA_URL)
        if address is None:
            return None
        parts = urlsplit(address)
        on_this_machine = self.allow_loopback and parts.scheme == "http" and parts.hostname in _LOOPBACK
        return address if parts.scheme == "https" or on_this_machine else None


def _merged(rendered: list[LineMessage]) -> list[LineMessage]:
    """Neighbouring texts in one bubble, as few joins as bring the turn down to one request."""
    out = list(rendered)
    at = 0
    while len(out) > MESSAGES_PER_CALL and at + 1 < len(out):
        first, second = out[at], out[at + 1]
        if first["type"] == second["type"] == "text":
            text = f"{first['text']}\n\n{second['text']}"
            if units(text) <= TEXT_UNITS:
                out[at : at + 2] = [{**second, "text": text}]
                continue
        at += 1
    return out


# -- buttons ---------------------------------------------------------------------------------------------


def _quick_replies(choices: Iterable[Choice]) -> tuple[list[LineMessage], list[Choice]]:
    """The actions of at most 13 quick replies, and the choices for which there is no room.

    Those of the device (location, camera) keep their place since they exist nowhere else; the menu is always there.
    """
    known = list(choices)
    surplus: list[Choice] = []
    if len(known) > QUICK_REPLIES:
        kept = {c for c in known if c.action in _DEVICE or c == _MENU}
        for choice in known:
            if len(kept | {_MENU}) < QUICK_REPLIES:
                kept.add(choice)
        ordered = [c for c in known if c in kept and c != _MENU][: QUICK_REPLIES - 1]
        surplus = [c for c in known if c not in ordered and c != _MENU]
        known = [*ordered, _MENU]
    return [action for choice in known if (action := _action(choice))], surplus


def _action(choice: Choice) -> LineMessage | None:
    """The LINE action of a choice, or None when it cannot be one (then it is said in words)."""
    full = " ".join(clean(choice.label).split())
    if blank(full):
        return None
    label = shorten(full, LABEL)
    value = clean(choice.value)
    match choice.action:
        case "postback":
            if blank(value) or units(value) > POSTBACK:
                return None
            said = " ".join(clean(choice.said).split()) or full
            return {"type": "postback", "label": label, "data": value, "displayText": shorten(said, POSTBACK // 2)}
        case "text":
            text = full if blank(value) else value
            return {"type": "message", "label": label, "text": text} if units(text) <= POSTBACK else None
        case "link" | "call":
            uri = _uri(value, URI) if choice.action == "link" else _tel(value)
            return {"type": "uri", "label": label, "uri": uri} if uri else None
    return {"type": _DEVICE[choice.action], "label": label}


def _in_words(choice: Choice) -> str:
    label = " ".join(choice.label.split())
    if choice.action in ("link", "call") and choice.value not in ("", label):
        return f"• {label}: {choice.value}" if label else f"• {choice.value}"
    return f"• {label or choice.value}"


def _edit(row: Row) -> Choice | None:
    return Choice(f"{row.sign}{row.label}", row.edit, said=row.said) if row.edit else None


def _tap(row: Row) -> Choice | None:
    """What tapping the row does."""
    return _edit(row) or (Choice(f"ดู{row.label}", row.link, "link") if row.link else None)


def _uri(address: str, most: int) -> str | None:
    """An http(s) address in percent-encoded ASCII, or None when it is none or too long."""
    address = clean(address).strip()
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        ascii_host = host if host.isascii() else host.encode("idna").decode()
        _ = parts.port  # raises for a bad one
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9._:-]+", ascii_host) or parts.username:
        return None
    if ascii_host != host:
        address = address.replace(parts.netloc, parts.netloc.lower().replace(host, ascii_host), 1)
    stray_percent = re.compile(r"%(?![0-9A-Fa-f]{2})")
    encoded = quote(stray_percent.sub("%25", address), safe="%/:?#[]@!$&'()*+,;=~-._")
    return encoded if len(encoded) <= most else None


def _tel(number: str) -> str | None:
    """tel: address of a phone number written in any usual way; an extension ("ต่อ 12") stays with the person."""
    found = re.match(r"\D*?(\+?[\d][\d\s().-]*|\*?[\d#*]+)", to_arabic(number))
    digits = re.sub(r"[^\d+*#]", "", found[1]) if found else ""
    return f"tel:{digits}" if 3 <= len(digits) <= 20 else None


# -- cards -----------------------------------------------------------------------------------------------


def _alt_text(card: Card) -> str:
    """The card in plain words: what a notification shows and older screens read out."""
    said = plain(card)
    labels = " · ".join(button.label for button in card.buttons)
    text = clean("\n".join(part for part in (said, labels) if part)).strip()
    return shorten(text, ALT_TEXT) if not blank(text) else "ข้อความจากเจ้าหน้าที่"


def _bubble(card: Card, image: str | None) -> LineMessage | None:
    """The card as a Flex bubble, or None when there is nothing to show in one."""
    brief = any(row.link for row in card.rows)
    rows = [_brief_row(row) if brief else _row(row) for row in card.rows]
    note = [_text(card.note, size="md", color=GREY)] if not blank(clean(card.note)) else []
    parts: list[LineMessage] = [*rows, *note]
    title = clean(card.title).strip()
    buttons = [action for button in card.buttons if button.action not in _DEVICE and (action := _action(button))]
    if blank(title) and not parts:
        return None
    bubble: LineMessage = {"type": "bubble", "size": "giga" if card.rows else "mega"}
    if image:
        bubble["hero"] = {"type": "image", "url": image, "size": "full", "aspectRatio": "20:13", "aspectMode": "cover"}
    if not blank(title):
        heading = _text(title, size="xl", weight="bold", color=WHITE if parts else INK)
        bubble["header" if parts else "body"] = {
            **_stack([heading]),
            "paddingAll": "lg",
            **({"backgroundColor": GREEN} if parts else {}),
        }
    if parts:
        between: LineMessage = {"type": "separator", "color": "#D5DDD9"}
        lined = [piece for part in parts for piece in (between, part)][1:]
        bubble["body"] = {**_stack(lined), "spacing": "md", "paddingAll": "lg"}
    if buttons:
        taps = [_button(action, first=at == 0) for at, action in enumerate(buttons)]
        bubble["footer"] = {**_stack(taps), "spacing": "sm", "paddingAll": "lg"}
    return bubble


def _row(row: Row) -> LineMessage:
    label, value = clean(row.label).strip(), clean(row.value).strip()
    lines = [] if blank(label) else [_text(label, size="md", color=GREY)]
    lines.append(_text("-" if blank(value) else value, size="lg", color=INK))
    stack = _stack(lines)
    edit = _edit(row)
    action = _action(edit) if edit else None
    if action is None:
        return stack
    mend = {**_text(row.sign, size="md", color=GREEN, decoration="underline"), "flex": 0, "gravity": "center"}
    box = {"type": "box", "layout": "horizontal", "spacing": "md", "contents": [{**stack, "flex": 1}, mend]}
    return {**box, "action": action}


def _brief_row(row: Row) -> LineMessage:
    """Label and value on one line, which can be tapped as a whole."""
    label, value = ("-" if blank(clean(text)) else clean(text) for text in (row.label, row.value))
    tap = _tap(row)
    action = _action(tap) if tap else None
    right = _text(value, size="md", weight="bold", align="end", color=GREEN if action else INK)
    contents = [{**_text(label, size="md", color=GREY), "flex": 4}, {**right, "flex": 5}]
    box: LineMessage = {"type": "box", "layout": "horizontal", "spacing": "md", "contents": contents}
    return {**box, "action": action} if action else box


def _text(text: str, **look: Any) -> LineMessage:
    # `scaling` lets the letters follow the size that the reader chose in LINE.
    return {"type": "text", "text": clean(text).strip(), "wrap": True, "scaling": True, **look}


def _stack(contents: list[LineMessage]) -> LineMessage:
    return {"type": "box", "layout": "vertical", "contents": contents}


def _button(action: LineMessage, first: bool) -> LineMessage:
    look = {"style": "primary", "color": GREEN} if first else {"style": "secondary", "color": PALE}
    return {"type": "button", "action": action, "height": "md", "scaling": True, "adjustMode": "shrink-to-fit", **look}
