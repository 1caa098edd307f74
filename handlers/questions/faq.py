"""The staff's side of questions and answers: entries and services, and what they learn from people's questions.

Every change of what the bot answers from renews its picture (content_changed); none commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import content_changed
from handlers.questions.exchange import LONGEST, split_phrasings
from handlers.questions.search import Entry, FaqIndex
from models.agency import Staff, Unit
from models.base import utc_now
from models.question import FaqEntry, Question, ServiceEntry
from models.thread import ThreadMessage
from thai.text import fold_command, normalise, strip_courtesy

STATUS_LABEL = {"published": "เผยแพร่", "draft": "ฉบับร่าง"}
LOOKED_BACK = timedelta(days=180)
MOST_WORDINGS = 300  # different wordings compared; the newest
ALIKE = 0.55  # each must cover so much of the other
LONGEST_WORDING = 200  # longer is a story, not a wording
MOST_ALTERNATIVES = 10


class FaqError(ValueError):
    """What was typed cannot be kept; `field` names the input, str() says in Thai what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDetails:
    """What staff type of an entry. `alternatives`: separated by "|" or lines; `key` "" makes one up."""

    question: str
    answer: str
    alternatives: str = ""
    key: str = ""
    unit_id: int | None = None
    owner: str = ""
    source: str = ""
    review_by: date | None = None
    status: str = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDetails:
    """What staff type of a service. `steps` and `documents`: separated by "|" or lines; `key` "" makes one up."""

    name: str
    alternatives: str = ""
    steps: str = ""
    documents: str = ""
    fee: str = ""
    days: str = ""
    key: str = ""
    unit_id: int | None = None
    legal_note: str = ""
    status: str = "published"


def _changed(session: Session, actor: str, action: str, row: FaqEntry | ServiceEntry, **detail: Any) -> None:
    session.flush()
    kind = "faq" if isinstance(row, FaqEntry) else "service"
    audit.record(session, actor, action, f"{kind}:{row.id}", **detail)
    content_changed(session, session.info["agency_id"])


def _check(session: Session, details: EntryDetails | ServiceDetails) -> None:
    if details.status not in STATUS_LABEL:
        raise FaqError("status", "สถานะต้องเป็นเผยแพร่หรือฉบับร่าง")
    if details.unit_id is not None and session.scalar(select(Unit.id).where(Unit.id == details.unit_id)) is None:
        raise FaqError("unit_id", "ไม่พบส่วนงานนี้")


def _new_key(
    session: Session, table: type[FaqEntry] | type[ServiceEntry], wanted: str, own: int | None, prefix: str
) -> str:
    """The key that was wanted, or the next free one. Raises FaqError for one that is taken."""
    taken = dict(session.execute(select(table.key, table.id)).all())
    wanted = wanted.strip()
    if not wanted:
        number = len(taken) + 1
        while f"{prefix}-{number}" in taken:
            number += 1
        return f"{prefix}-{number}"
    if len(wanted) > LONGEST["id"] or wanted.startswith("service:"):
        raise FaqError("key", "รหัสยาวเกินไป หรือขึ้นต้นด้วย service:")
    if taken.get(wanted, own) != own:
        raise FaqError("key", "มีข้ออื่นใช้รหัสนี้แล้ว")
    return wanted


# -- entries ---------------------------------------------------------------------------------------------


def save_entry(session: Session, entry: FaqEntry | None, details: EntryDetails, actor: str) -> FaqEntry:
    """A new entry (None) or a change. A changed answer must be confirmed again. Raises FaqError."""
    question, answer = details.question.strip(), details.answer.strip()
    if not question:
        raise FaqError("question", "กรุณากรอกคำถาม")
    if not answer and details.status == "published":
        raise FaqError("answer", "กรุณากรอกคำตอบ หรือบันทึกเป็นฉบับร่าง")
    for name, text in (("question", question), ("answer", answer), ("alternatives", details.alternatives)):
        if len(text) > LONGEST[name]:
            raise FaqError(name, f"ยาวเกิน {LONGEST[name]:,} ตัวอักษร")
    _check(session, details)
    key = _new_key(session, FaqEntry, details.key or (entry.key if entry else ""), entry.id if entry else None, "faq")
    entry = entry or FaqEntry(answer=answer)
    if entry.answer != answer:
        entry.confirmed_at = entry.confirmed_by_id = None
    entry.key, entry.question, entry.answer = key, question, answer
    entry.alternatives = [text for text in split_phrasings(details.alternatives) if text != question]
    entry.unit_id, entry.owner, entry.source = details.unit_id, details.owner.strip(), details.source.strip()
    entry.review_by, entry.status = details.review_by, details.status
    session.add(entry)
    _changed(session, actor, "faq_saved", entry, status=entry.status, unit=entry.unit_id)
    return entry


def confirm_entry(session: Session, entry: FaqEntry, staff: Staff, now: datetime) -> None:
    """A member of staff vouches for the facts in ⟦…⟧: they are shown without reservation from now on."""
    entry.confirmed_at, entry.confirmed_by_id = now, staff.id
    _changed(session, f"staff:{staff.id}", "faq_confirmed", entry)


def publish(session: Session, entry: FaqEntry, actor: str) -> None:
    """Let the bot answer with it. Raises FaqError for an entry without an answer."""
    if not entry.answer.strip():
        raise FaqError("answer", "กรุณากรอกคำตอบก่อนเผยแพร่")
    entry.status = "published"
    _changed(session, actor, "faq_published", entry)


def draft(session: Session, entry: FaqEntry, actor: str) -> None:
    """Take it back from the bot; staff keep it."""
    entry.status = "draft"
    _changed(session, actor, "faq_drafted", entry)


def remove_entry(session: Session, entry: FaqEntry, actor: str) -> None:
    """Delete it; questions that it answered stay."""
    session.delete(entry)
    _changed(session, actor, "faq_removed", entry)


def add_phrasing(session: Session, entry: FaqEntry, text: str, actor: str) -> None:
    """One more wording of the same question; a known one changes nothing."""
    known = {entry.question, *entry.alternatives}
    fresh = [phrasing for phrasing in split_phrasings(text) if phrasing not in known]
    if fresh:
        entry.alternatives = [*entry.alternatives, *fresh]
        _changed(session, actor, "faq_phrasing_added", entry, count=len(fresh))


# -- services --------------------------------------------------------------------------------------------


def save_service(session: Session, service: ServiceEntry | None, details: ServiceDetails, actor: str) -> ServiceEntry:
    """A new service (None) or a change. What changes in substance must be confirmed again. Raises FaqError."""
    name = details.name.strip()
    if not name:
        raise FaqError("name", "กรุณากรอกชื่อบริการ")
    if len(name) > LONGEST["question"]:
        raise FaqError("name", f"ยาวเกิน {LONGEST['question']:,} ตัวอักษร")
    steps, documents = list(split_phrasings(details.steps)), list(split_phrasings(details.documents))
    if details.status == "published" and not (steps or documents):
        raise FaqError("steps", "กรุณากรอกขั้นตอนหรือเอกสาร หรือบันทึกเป็นฉบับร่าง")
    _check(session, details)
    own = service.id if service else None
    key = _new_key(session, ServiceEntry, details.key or (service.key if service else ""), own, "service")
    service = service or ServiceEntry(steps=steps, documents=documents, fee=details.fee, days=details.days)
    told = (steps, documents, details.fee.strip(), details.days.strip(), details.legal_note.strip())
    if told != (service.steps, service.documents, service.fee, service.days, service.legal_note):
        service.confirmed_at = service.confirmed_by_id = None
    service.steps, service.documents, service.fee, service.days, service.legal_note = told
    service.key, service.name, service.unit_id, service.status = key, name, details.unit_id, details.status
    service.alternatives = [text for text in split_phrasings(details.alternatives) if text != name]
    session.add(service)
    _changed(session, actor, "service_saved", service, status=service.status, unit=service.unit_id)
    return service


def confirm_service(session: Session, service: ServiceEntry, staff: Staff, now: datetime) -> None:
    """As confirm_entry."""
    service.confirmed_at, service.confirmed_by_id = now, staff.id
    _changed(session, f"staff:{staff.id}", "service_confirmed", service)


def remove_service(session: Session, service: ServiceEntry, actor: str) -> None:
    session.delete(service)
    _changed(session, actor, "service_removed", service)


# -- what people's questions teach ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same. `representative` is the wording closest to most others; ids oldest first."""

    representative: str
    question_ids: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """A wording that people used for an entry, by tapping it or saying that it was the answer."""

    entry: FaqEntry
    text: str
    count: int


def groups(session: Session) -> list[Group]:
    """Questions of the last half year that the bot could not answer to somebody's content, most asked first."""
    rows = session.execute(
        select(Question.id, Question.text)
        .where(
            Question.asked_at > utc_now() - LOOKED_BACK,
            Question.direct_line.is_(False),
            Question.text != "",
            or_(
                and_(Question.number.is_not(None), Question.faq_id.is_(None)),
                and_(
                    Question.status == "answered_by_bot",
                    or_(Question.feedback.is_(False), Question.answered_at.is_(None)),
                ),
            ),
        )
        .order_by(Question.id)
    )
    return cluster([(number, text) for number, text in rows])


def cluster(asked: Sequence[tuple[int, str]]) -> list[Group]:
    """Group (id, text) by what they ask: the same when folded, or covering each other in search. Most asked first."""
    same: dict[str, list[tuple[int, str]]] = {}
    for question_id, text in asked:
        same.setdefault(fold_command(text) or text, []).append((question_id, text))
    newest = sorted(same, key=lambda folded: same[folded][-1][0], reverse=True)
    compared, left_over = newest[:MOST_WORDINGS], newest[MOST_WORDINGS:]
    index = FaqIndex.build(Entry(folded, same[folded][0][1]) for folded in compared)
    covers = {folded: {hit.id: hit.score for hit in index.rank(same[folded][0][1], 20)} for folded in compared}
    alike = {
        folded: [
            other
            for other, score in covers[folded].items()
            if other != folded and min(score, covers[other].get(folded, 0.0)) >= ALIKE
        ]
        for folded in compared
    }

    def weight(folded: str) -> tuple[int, int]:
        return sum(len(same[f]) for f in (folded, *alike[folded])), same[folded][-1][0]

    found: list[Group] = []
    taken: set[str] = set()
    for folded in sorted(compared, key=weight, reverse=True):
        if folded in taken:
            continue
        together = [folded, *(other for other in alike[folded] if other not in taken)]
        taken.update(together)
        found.append(_group(same[folded][0][1], [row for f in together for row in same[f]]))
    found += [_group(same[folded][0][1], same[folded]) for folded in left_over]
    return sorted(found, key=lambda group: (-group.count, -group.question_ids[-1]))


def _group(representative: str, rows: Sequence[tuple[int, str]]) -> Group:
    ids = tuple(sorted(question_id for question_id, _ in rows))
    return Group(representative, ids, len(ids))


def draft_of(session: Session, question_ids: Sequence[int]) -> EntryDetails:
    """The entry that these questions suggest: their wordings, and the newest answer that an officer gave to one.

    Raises LookupError when none of them is there."""
    found = session.scalars(select(Question).where(Question.id.in_(question_ids)).order_by(Question.id)).all()
    wordings: dict[str, str] = {}
    for question in found:
        text = " ".join(strip_courtesy(question.text).split())
        if 0 < len(text) <= LONGEST_WORDING:
            wordings.setdefault(fold_command(text) or text, text)
    if not found:
        raise LookupError("no such question")
    answered = session.scalars(
        select(ThreadMessage)
        .where(
            ThreadMessage.question_id.in_(question_ids),
            ThreadMessage.direction == "out",
            ThreadMessage.text != "",
        )
        .order_by(ThreadMessage.id.desc())
    ).first()
    texts = list(wordings.values()) or [found[0].text[: LONGEST["question"]]]
    return EntryDetails(
        question=texts[0],
        alternatives="|".join(texts[1 : MOST_ALTERNATIVES + 1]),
        answer=answered.text if answered else "",
        unit_id=next((question.unit_id for question in found if question.unit_id), None),
        source="คำตอบของเจ้าหน้าที่" if answered else "",
        status="draft",
    )


def make_entry(
    session: Session, question_ids: Sequence[int], actor: str, now: datetime, details: EntryDetails | None = None
) -> FaqEntry:
    """Make questions an entry, and mark them so that they are not offered again.

    Without `details` it is a draft (draft_of): somebody reads it before the bot says it, since people write names and
    phones into questions. Raises FaqError, and LookupError when none of the questions is there."""
    entry = save_entry(session, None, details or draft_of(session, question_ids), actor)
    for question in session.scalars(select(Question).where(Question.id.in_(question_ids))):
        question.faq_id = entry.id
        if question.status == "answered_by_bot":
            question.status, question.closed_at = "closed", now
    audit.record(session, actor, "faq_made_of_questions", f"faq:{entry.id}", questions=sorted(question_ids))
    return entry


def learnt(session: Session) -> list[Learnt]:
    """Wordings that people confirmed (a choice tapped, "ได้คำตอบแล้ว") and that their entry does not know yet."""
    rows = session.execute(
        select(Question.text, FaqEntry)
        .join(FaqEntry, FaqEntry.id == Question.faq_id)
        .where(
            Question.number.is_(None),
            Question.status == "answered_by_bot",
            Question.text != "",
            or_(
                Question.feedback.is_(True),
                and_(Question.feedback.is_(None), Question.answered_at > Question.asked_at),
            ),
        )
        .order_by(Question.id.desc())
        .limit(2000)
    )
    counts: dict[tuple[int, str], list[str]] = {}
    entries: dict[int, FaqEntry] = {}
    for text, entry in rows:
        wording = strip_courtesy(text)
        if 2 < len(wording) <= LONGEST_WORDING:
            entries[entry.id] = entry
            counts.setdefault((entry.id, fold_command(wording)), []).append(wording)
    known = {
        (entry.id, fold_command(phrasing))
        for entry in entries.values()
        for phrasing in (normalise(entry.question), *entry.alternatives)
    }
    fresh = [
        Learnt(entries[entry_id], texts[0], len(texts))
        for (entry_id, folded), texts in counts.items()
        if (entry_id, folded) not in known
    ]
    return sorted(fresh, key=lambda item: -item.count)
