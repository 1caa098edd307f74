"""Files of citizens, fetched from the stand-in over real HTTP, on both databases."""

from __future__ import annotations

import base64
import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from PIL import Image
from sqlalchemy import update

from bot.attachments import LAST_ATTEMPT, LEASE, AttachmentWorker
from bot.line_api import LineApi
from bot.simulator.testing import TOKEN, World, running
from handlers import files
from models.agency import Agency
from models.db import Database
from models.thread import Attachment

NOW = datetime.now(UTC)


@dataclass
class Post:
    """A citizen who sends files, and the worker that fetches them."""

    database: Database
    line: World
    worker: AttachmentWorker
    user: str

    def sent(self, kind: str, **how: Any) -> int:
        """Send a file and note it as the webhook does; the attachment's id."""
        message_id = self.line.act(self.user, type=kind, wait=False, **how)["message_id"]
        return self.noted(kind, message_id)

    def noted(self, kind: str, message_id: str) -> int:
        row = Attachment(kind=kind, line_message_id=message_id, next_attempt_at=NOW)
        with self.database.write(1) as session:
            session.add(row)
        return row.id

    def row(self, attachment_id: int) -> Attachment:
        with self.database.read() as session:
            return session.get_one(Attachment, attachment_id)

    def on_disk(self) -> list[Path]:
        return [path for path in self.worker.data_dir.rglob("*") if path.is_file()]


@pytest.fixture
def post(database: Database, tmp_path: Path) -> Iterator[Post]:
    with database.write() as session:
        session.add(Agency(id=1, code="demo", name="อบต. ทดลอง", short_name="อบต."))
    with running("http://127.0.0.1:9/nobody") as line:
        line.platform.webhook.configure(paused=True)
        api = LineApi(TOKEN, line.base, timeout=(2, 1))
        yield Post(database, line, AttachmentWorker(database, api, tmp_path / "data"), line.person())
        api.close()


def later(**delta: float) -> datetime:
    return NOW + timedelta(**delta)


def test_a_photo_is_fetched_cleaned_and_its_place_offered(post: Post) -> None:
    photo = post.sent("image", sample="pothole")
    assert post.worker.fetch_next(NOW) is True
    assert post.worker.fetch_next(NOW) is False
    row = post.row(photo)
    assert (row.status, row.kind, row.content_type, row.error, row.lease_until) == (
        "stored",
        "image",
        "image/jpeg",
        "",
        None,
    )
    assert (row.gps_latitude, row.gps_longitude) == pytest.approx((13.1021, 99.9436), abs=1e-4)
    kept = files.locate(post.worker.data_dir, row.path)
    assert kept.stat().st_size == row.size
    with Image.open(kept) as image:
        assert not image.getexif()
    assert files.locate(post.worker.data_dir, files.thumbnail(row.path)).is_file()


def test_a_video_is_awaited_while_line_prepares_it(post: Post) -> None:
    post.line.platform.preparing_seconds = 60
    data = base64.b64encode(b"\x00\x00\x00\x18ftypmp42" + b"\0" * 100).decode()
    video = post.sent("video", data=data)
    post.worker.fetch_next(NOW)
    assert post.row(video).status == "waiting"
    assert post.worker.fetch_next(later(seconds=1)) is False
    post.line.platform.clock.offset += 61
    post.worker.fetch_next(later(seconds=3))
    assert (post.row(video).status, post.row(video).content_type) == ("stored", "video/mp4")


def test_what_was_unsent_is_gone(post: Post) -> None:
    photo = post.sent("image", sample="lamp")
    post.line.act(post.user, type="unsend", messageId=post.row(photo).line_message_id, wait=False)
    post.worker.fetch_next(NOW)
    assert (post.row(photo).status, post.row(photo).error) == ("gone", "ผู้ส่งยกเลิกข้อความ")
    assert post.on_disk() == []


def test_our_copy_goes_when_it_is_unsent_later(post: Post) -> None:
    photo = post.sent("image", sample="lamp")
    post.worker.fetch_next(NOW)
    assert len(post.on_disk()) == 2
    with post.database.write() as session:
        session.execute(update(Attachment).values(status="gone"))  # as handlers.received.forget_message does
    assert post.worker.forget_unsent() == 1
    assert post.worker.forget_unsent() == 0
    assert post.on_disk() == []
    assert post.row(photo).path == ""


def test_unsent_while_it_is_being_fetched_leaves_nothing(post: Post) -> None:
    photo = post.sent("image", sample="lamp")
    claimed = post.worker._claim(NOW)
    assert claimed
    fetched = post.worker._fetch(claimed)
    with post.database.write() as session:
        session.execute(update(Attachment).values(status="gone"))
    post.worker._settle(claimed, NOW, *fetched)
    assert post.row(photo).status == "gone"
    assert post.on_disk() == []


def test_an_unknown_file_is_asked_for_a_few_times(post: Post) -> None:
    unknown = post.noted("image", "1234567890")
    for n in range(5):
        assert post.row(unknown).status == "waiting"
        post.worker.fetch_next(later(seconds=10 * n))
    assert post.row(unknown).status == "gone"
    assert "ขอให้ผู้ส่งส่งใหม่" in post.row(unknown).error


@pytest.mark.parametrize("kind", ["status", "reset", "timeout", "rate_limit"])
def test_trouble_at_line_is_waited_out(post: Post, kind: str) -> None:
    photo = post.sent("image", sample="lamp")
    post.line.control("POST", "/faults", {"endpoint": "content", "kind": kind, "seconds": 1.5})
    post.worker.fetch_next(NOW)
    assert post.row(photo).status == "waiting"
    post.worker.fetch_next(later(seconds=10))
    assert post.row(photo).status == "stored"


def test_what_is_not_on_the_list_or_too_big_is_refused_in_thai(post: Post) -> None:
    page = post.sent("file", data=base64.b64encode(b"<html><script>").decode(), fileName="x.html")
    heavy = post.sent("image", data=base64.b64encode(b"\xff\xd8\xff" + b"\0" * 10_000_001).decode())
    while post.worker.fetch_next(NOW):
        pass
    assert (post.row(page).status, post.row(heavy).status) == ("refused", "refused")
    assert post.row(page).error.startswith("ไฟล์ชนิดนี้ยังรับไม่ได้ค่ะ")
    assert post.row(heavy).error.startswith("ไฟล์นี้ใหญ่เกินไปค่ะ")
    assert post.on_disk() == []


def test_a_photo_sent_as_a_file_becomes_a_photo(post: Post) -> None:
    out = io.BytesIO()
    Image.new("RGB", (50, 50)).save(out, "PNG")
    photo = post.sent("file", data=base64.b64encode(out.getvalue()).decode(), fileName="รูป.png")
    post.worker.fetch_next(NOW)
    assert (post.row(photo).kind, post.row(photo).content_type) == ("image", "image/jpeg")


def test_a_disk_that_takes_nothing_is_waited_out_and_then_told(post: Post) -> None:
    photo = post.sent("image", sample="lamp")
    post.worker.data_dir.mkdir()
    blocked = post.worker.data_dir / files.FOLDER
    blocked.write_text("a file where the folder should be")
    post.worker.fetch_next(NOW)
    assert post.row(photo).status == "waiting"
    with post.database.write() as session:
        session.execute(update(Attachment).values(attempts=LAST_ATTEMPT))
    post.worker.fetch_next(later(seconds=10))
    assert post.row(photo).status == "failed"
    assert "พื้นที่เก็บข้อมูลอาจเต็ม" in post.row(photo).error


def test_what_a_dead_worker_had_claimed_is_fetched_after_its_lease(post: Post) -> None:
    photo = post.sent("image", sample="lamp")
    assert post.worker._claim(NOW)
    assert post.worker.fetch_next(later(seconds=30)) is False
    assert post.worker.fetch_next(NOW + LEASE + timedelta(seconds=1)) is True
    assert post.row(photo).status == "stored"


def test_it_runs_until_told_and_logs_no_names(post: Post) -> None:
    stop = threading.Event()
    with structlog.testing.capture_logs() as logs:
        thread = threading.Thread(target=post.worker.run, args=(stop,))
        thread.start()
        pdf = base64.b64encode(b"%PDF-1.7\n").decode()
        sent = [post.sent("image", sample="lamp"), post.sent("file", data=pdf, fileName="ความลับ.pdf")]
        end = time.monotonic() + 20
        while any(post.row(one).status != "stored" for one in sent) and time.monotonic() < end:
            time.sleep(0.05)
        stop.set()
        thread.join(10)
    assert [post.row(one).status for one in sent] == ["stored", "stored"]
    assert not thread.is_alive()
    assert "ความลับ" not in repr(logs)
    assert post.user not in repr(logs)
