"""What the bot says, without knowing LINE: bot/render.py turns these into LINE messages, the console into text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

Action = Literal["postback", "text", "link", "call", "location", "camera", "album"]


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One button or quick reply. `label`: at most 20 code points (LINE). `value`: postback data (at most 300),
    the text to send, an https address, or a phone number; empty for location, camera and album. `said`: what a tap on a
    postback leaves in the chat, instead of the label."""

    label: str
    value: str = ""
    action: Action = "postback"
    said: str = ""


MENU = Choice("เมนู", "menu")
OFFICER = Choice("คุยกับเจ้าหน้าที่", "officer")


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a card; tapping it sends the postback `edit`, or opens the address `link`, if there is one. `sign`: the
    word at its end that says what the tap does; `said`: what the tap leaves in the chat, instead of sign and label."""

    label: str
    value: str
    edit: str = ""
    link: str = ""
    sign: str = "แก้"
    said: str = ""


class Say(msgspec.Struct, frozen=True, omit_defaults=True, tag="say"):
    """Plain text, of any length. `choices` show as quick replies."""

    text: str
    choices: tuple[Choice, ...] = ()


class Card(msgspec.Struct, frozen=True, omit_defaults=True, tag="card"):
    """A titled card: lines, a note below, big buttons; `image_url` (https) above. `choices` show as quick replies."""

    title: str
    rows: tuple[Row, ...] = ()
    note: str = ""
    buttons: tuple[Choice, ...] = ()
    choices: tuple[Choice, ...] = ()
    image_url: str = ""


class Picture(msgspec.Struct, frozen=True, omit_defaults=True, tag="picture"):
    """A photo at a signed https address, with words for those who cannot see it."""

    url: str
    alt: str
    preview_url: str = ""


class Pin(msgspec.Struct, frozen=True, omit_defaults=True, tag="pin"):
    """A place on the map. Degrees, WGS 84."""

    title: str
    address: str
    latitude: float
    longitude: float


Message = Say | Card | Picture | Pin

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[Message])


def dump(messages: Sequence[Message]) -> str:
    """JSON text for the outbox."""
    return _encoder.encode(messages).decode()


def load(text: str) -> list[Message]:
    """The reverse of dump; raises msgspec.DecodeError for anything else."""
    return _decoder.decode(text)


def plain(message: Message) -> str:
    """The message in words only: for the console's thread, for e-mail, for a screen reader."""
    match message:
        case Say(text=text):
            return text
        case Card():
            lines = [message.title, *(f"{row.label}: {row.value}" for row in message.rows), message.note]
            return "\n".join(line for line in lines if line)
        case Picture(alt=alt):
            return alt
        case Pin():
            return f"{message.title}\n{message.address}"
