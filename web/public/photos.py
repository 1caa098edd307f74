"""Photos of a web form: stored when they arrive, so that a mistake in another field does not lose them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from handlers.files import (
    FILE_BYTES,
    IMAGE_BYTES,
    FileRefused,
    StoredFile,
    clean_name,
    fill,
    remove,
    store_file,
    store_image,
)
from handlers.forms import Form
from handlers.services.fields import FilesField
from models.thread import Attachment
from web.public.files import file_address
from web.public.form_page import Photo, drop_name, kept_name
from web.services import services

KEPT_FOR = timedelta(days=1)  # how long an unsent form may carry its photos
TOKENS = "kept_photo"  # the input that carries them
DROP = "drop_photo"  # the boxes that leave one out


def store(
    uploads: Iterable[FileStorage], agency_id: int, room: int, role: str = "before", documents: bool = False
) -> tuple[list[int], str]:
    """Keep the photos (or files, with `documents`) that came with the page: their attachment ids, and what is wrong
    with the rest ("" if nothing).

    Pictures are decoded before the transaction begins: nobody waits for that with the database."""
    known = services()
    stored: list[tuple[StoredFile, str]] = []
    problems: list[str] = []
    for upload in uploads:
        if not upload.filename:
            continue
        if len(stored) >= room:
            what = "ไฟล์" if documents else "รูป"
            problems.append(f"รับได้อีก {room} {what}ค่ะ {what}ที่เกินส่งเพิ่มหลังแจ้งเรื่องแล้วได้ค่ะ")
            break
        try:
            data = upload.stream.read((FILE_BYTES if documents else IMAGE_BYTES) + 1)
            keep = store_file if documents else store_image
            stored.append((keep(data, known.data, agency_id), clean_name(upload.filename)))
        except FileRefused as error:
            problems.append(f"{clean_name(upload.filename)}: {error}")
    if not stored:
        return [], "\n".join(problems)
    try:
        with known.database.write(agency_id) as session:
            rows = [Attachment(role=role, status="stored", file_name=name) for _, name in stored]
            for row, (file, _) in zip(rows, stored, strict=True):
                fill(row, file)
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows], "\n".join(problems)
    except BaseException:
        for file, _ in stored:
            remove(known.data, file.path)
        raise


def of_form(form: Form, agency_id: int, asked: Iterable[str]) -> tuple[dict[str, list[int]], dict[str, str]]:
    """The files of each file field of a page: those that it brought back and those that came now (only for fields
    among `asked`); and what is wrong with others, by field name."""
    wanted = set(asked)
    found: dict[str, list[int]] = {}
    problems: dict[str, str] = {}
    for item in form.fields:
        if not isinstance(item, FilesField):
            continue
        tokens, dropped = (request.form.getlist(name(item)) for name in (kept_name, drop_name))
        found[item.name] = kept(tokens, dropped, agency_id)
        if item.name in wanted:
            room = item.most - len(found[item.name])
            fresh, problem = store(request.files.getlist(item.name), agency_id, room, documents=item.documents)
            found[item.name] += fresh
            if problem:
                problems[item.name] = problem
    return found, problems


def kept(tokens: Sequence[str], dropped: Sequence[str], agency_id: int) -> list[int]:
    """The photos that the page brought back and that still belong to no case."""
    ids: list[int] = []
    for token in tokens:
        try:
            owner, attachment_id = _signer().loads(token, max_age=int(KEPT_FOR.total_seconds()))
        except (BadData, ValueError, TypeError):
            continue
        if owner == agency_id and token not in dropped and attachment_id not in ids:
            ids.append(int(attachment_id))
    if not ids:
        return []
    with services().database.read(agency_id) as session:
        loose = set(session.scalars(select(Attachment.id).where(Attachment.id.in_(ids), Attachment.case_id.is_(None))))
    return [attachment_id for attachment_id in ids if attachment_id in loose]


def shown(ids: Iterable[int], agency_id: int) -> tuple[Photo, ...]:
    """The photos and files as the page draws them and carries them along."""
    wanted = list(ids)
    if not wanted:
        return ()
    with services().database.read(agency_id) as session:
        rows = {row.id: row for row in session.scalars(select(Attachment).where(Attachment.id.in_(wanted)))}
    return tuple(
        Photo(str(_signer().dumps([agency_id, i])), file_address(i), rows[i].file_name, rows[i].kind == "image")
        for i in wanted
        if i in rows
    )


def place_of(session: Session, ids: Sequence[int]) -> tuple[float, float] | None:
    """Where the first of these photos that knows it was taken; degrees, WGS 84."""
    row = session.execute(
        select(Attachment.gps_latitude, Attachment.gps_longitude)
        .where(Attachment.id.in_(ids), Attachment.gps_latitude.is_not(None), Attachment.gps_longitude.is_not(None))
        .order_by(Attachment.id)
    ).first()
    return (row[0], row[1]) if row and row[0] is not None and row[1] is not None else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(services().secret_key, salt="form-photo")
