"""LINE's own client library works against the stand-in as it does against LINE."""

import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    BroadcastRequest,
    Configuration,
    CreateRichMenuAliasRequest,
    MarkMessagesAsReadByTokenRequest,
    MessageAction,
    MessagingApi,
    MessagingApiBlob,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
    RichMenuSwitchAction,
    SetWebhookEndpointRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
    ValidateMessageRequest,
)
from linebot.v3.messaging import TestWebhookEndpointRequest as WebhookTest
from PIL import Image

from bot.simulator.testing import TOKEN, World

HELLO = [TextMessage(text="สวัสดีค่ะ")]


@pytest.fixture
def client(world: World) -> Iterator[ApiClient]:
    with ApiClient(Configuration(host=world.base, access_token=TOKEN)) as known:
        yield known


@pytest.fixture
def api(client: ApiClient) -> MessagingApi:
    return MessagingApi(client)


@pytest.fixture
def blobs(client: ApiClient) -> MessagingApiBlob:
    return MessagingApiBlob(client)


def test_reply_push_and_the_rest(world: World, bot: Any, api: MessagingApi) -> None:
    user = world.person()
    world.act(user, type="text", text="สวัสดี")
    [event] = bot.events(1)
    replied = api.reply_message(ReplyMessageRequest(reply_token=event["replyToken"], messages=HELLO))
    assert replied.sent_messages[0].quote_token
    key = str(uuid.uuid4())
    push = PushMessageRequest(to=user, messages=HELLO)
    api.push_message(push, x_line_retry_key=key)
    with pytest.raises(ApiException) as again:
        api.push_message(push, x_line_retry_key=key)
    assert again.value.status == 409
    assert again.value.headers["x-line-accepted-request-id"]
    api.multicast(MulticastRequest(to=[user], messages=HELLO))
    api.broadcast(BroadcastRequest(messages=HELLO))
    api.validate_push(ValidateMessageRequest(messages=HELLO))
    assert [bubble["how"] for bubble in world.from_bot(user, 4)] == ["reply", "push", "multicast", "broadcast"]
    assert api.get_message_quota().value == 300
    assert api.get_message_quota_consumption().total_usage == 3
    assert api.get_number_of_sent_push_messages(world.platform.clock.day()).success == 1
    api.show_loading_animation(ShowLoadingAnimationRequest(chat_id=user, loading_seconds=5))
    token = event["message"]["markAsReadToken"]
    api.mark_messages_as_read_by_token(MarkMessagesAsReadByTokenRequest(mark_as_read_token=token))


def test_people_and_the_account(world: World, bot: Any, api: MessagingApi) -> None:
    user = world.person(name="นายสมชาย")
    assert api.get_profile(user).display_name == "นายสมชาย"
    assert user in api.get_followers().user_ids
    assert api.get_bot_info().display_name == "อบต. ทดลอง"
    assert api.get_webhook_endpoint().endpoint == bot.url
    assert api.test_webhook_endpoint(WebhookTest()).success is True
    api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint="https://example.com/hook"))
    assert api.get_webhook_endpoint().endpoint == "https://example.com/hook"
    with pytest.raises(ApiException) as refused:
        api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint="http://example.com/hook"))
    assert refused.value.status == 400


def test_content(world: World, blobs: MessagingApiBlob) -> None:
    user = world.person()
    image = world.act(user, type="image", sample="pothole")["message_id"]
    data = blobs.get_message_content(image)
    with Image.open(io.BytesIO(bytes(data))) as photo:
        assert photo.getexif().get_ifd(0x8825)[1] == "N"
    with Image.open(io.BytesIO(bytes(blobs.get_message_content_preview(image)))) as small:
        assert max(small.size) <= 480
    world.act(user, type="unsend", messageId=image)
    with pytest.raises(ApiException) as gone:
        blobs.get_message_content(image)
    assert gone.value.status == 410
    with pytest.raises(ApiException) as unknown:
        blobs.get_message_content("123")
    assert unknown.value.status == 404


def test_sound_needs_a_moment(world: World, blobs: MessagingApiBlob) -> None:
    world.control("POST", "/settings", {"preparing_seconds": 100})
    sound = world.act(world.person(), type="audio")["message_id"]
    assert blobs.get_message_content_with_http_info(sound).status_code == 202
    assert blobs.get_message_content_transcoding_by_message_id(sound).status == "processing"
    world.control("POST", "/settings", {"clock_offset": 101})
    assert blobs.get_message_content_transcoding_by_message_id(sound).status == "succeeded"
    assert bytes(blobs.get_message_content(sound))[:4] == b"RIFF"


def _menu(api: MessagingApi) -> str:
    bounds = RichMenuBounds(x=0, y=0, width=1200, height=400)
    switch = RichMenuSwitchAction(rich_menu_alias_id="second", data="to=second")
    areas = [
        RichMenuArea(bounds=bounds, action=MessageAction(text="เมนู")),
        RichMenuArea(bounds=RichMenuBounds(x=0, y=400, width=1200, height=400), action=switch),
    ]
    size = RichMenuSize(width=1200, height=800)
    request = RichMenuRequest(size=size, selected=True, name="ก", chat_bar_text="เมนู", areas=areas)
    api.validate_rich_menu_object(request)
    return str(api.create_rich_menu(request).rich_menu_id)


def _png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()


def _upload(blobs: MessagingApiBlob, menu: str, data: bytes) -> None:
    blobs.set_rich_menu_image(menu, body=bytearray(data), _headers={"Content-Type": "image/png"})


def test_rich_menus(world: World, bot: Any, api: MessagingApi, blobs: MessagingApiBlob) -> None:
    user = world.person()
    first, second = _menu(api), _menu(api)
    with pytest.raises(ApiException) as bare:
        api.set_default_rich_menu(first)
    assert "must upload richmenu image" in bare.value.body
    with pytest.raises(ApiException) as wrong:
        _upload(blobs, first, _png(1200, 810))
    assert "image size is not allowed" in wrong.value.body
    for menu in (first, second):
        _upload(blobs, menu, _png(1200, 800))
    with pytest.raises(ApiException) as twice:
        _upload(blobs, first, _png(1200, 800))
    assert "already been uploaded" in twice.value.body
    assert bytes(blobs.get_rich_menu_image(first)) == _png(1200, 800)
    api.set_default_rich_menu(first)
    assert api.get_default_rich_menu_id().rich_menu_id == first
    assert {menu.rich_menu_id for menu in api.get_rich_menu_list().richmenus} == {first, second}
    api.create_rich_menu_alias(CreateRichMenuAliasRequest(rich_menu_alias_id="second", rich_menu_id=second))
    params = {"newRichMenuAliasId": "second", "status": "SUCCESS"}
    world.act(user, type="postback", data="to=second", params=params)
    assert bot.events(1)[0]["postback"]["params"] == params
    assert api.get_rich_menu_id_of_user(user).rich_menu_id == second
    api.unlink_rich_menu_id_from_user(user)
    with pytest.raises(ApiException) as none:
        api.get_rich_menu_id_of_user(user)
    assert none.value.status == 404
    api.link_rich_menu_id_to_user(user, second)
    api.delete_rich_menu(second)
    api.cancel_default_rich_menu()
    with pytest.raises(ApiException):
        api.get_default_rich_menu_id()
