"""The audit log in words: acts by their Thai names, rows by their numbers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.complaints import labels
from handlers.duties import operations as duties
from models.case import Case
from models.question import Question
from thai.digits import to_arabic
from web.console.audit_details import subject_of

ACTIONS = {
    "logged_in": "เข้าระบบ",
    "login_failed": "เข้าระบบไม่สำเร็จ",
    "logged_out": "ออกจากระบบ",
    "sessions_ended": "ออกจากระบบทุกเครื่อง",
    "password_set": "ตั้งรหัสผ่าน",
    "staff_added": "เพิ่มเจ้าหน้าที่",
    "staff_edited": "แก้ไขเจ้าหน้าที่",
    "staff_deactivated": "ปิดบัญชีเจ้าหน้าที่",
    "staff_reactivated": "เปิดบัญชีเจ้าหน้าที่",
    "link_code_made": "ออกรหัสเชื่อม LINE",
    "line_linked": "เชื่อมบัญชี LINE",
    "line_unlinked": "ยกเลิกเชื่อม LINE",
    **{f"case_{name}": f"เรื่องร้องเรียน: {label}" for name, label in labels.ACTION_LABEL.items()},
    "case_answered": "เรื่องร้องเรียน: ตอบผู้แจ้ง",
    "case_heard": "เรื่องร้องเรียน: ผู้แจ้งเขียนเพิ่ม",
    "case_noted": "เรื่องร้องเรียน: บันทึกภายใน",
    "case_forgotten": "เรื่องร้องเรียน: ลบข้อความ (มีช่องทางเฉพาะ)",
    "question_handed_over": "คำถาม: ส่งถึงเจ้าหน้าที่",
    "question_assigned": "คำถาม: มอบหมาย",
    "question_answered": "คำถาม: ตอบ",
    "question_heard": "คำถาม: ผู้ถามเขียนเพิ่ม",
    "question_noted": "คำถาม: บันทึกภายใน",
    "question_closed": "คำถาม: ปิด",
    "question_reopened": "คำถาม: เปิดใหม่",
    "question_feedback": "คำถาม: ผู้ถามบอกผล",
    "starter_stepped_back": "คลังคำตอบ: พักข้อตั้งต้น",
    "sign_ups_forgotten": "กิจกรรม: ลบชื่อและเบอร์ผู้ลงชื่อที่พ้นเวลาเก็บ",
    "summary_made": "สรุปผู้บริหาร: จัดทำ",
    "summary_acknowledged": "สรุปผู้บริหาร: รับทราบ",
    "question_forgotten": "คำถาม: ลบข้อความ (มีช่องทางเฉพาะ)",
    "question_escalated": "คำถาม: แจ้งผู้บังคับบัญชา",
    **{f"duty_{name}": f"งานตามกำหนด: {label}" for name, label in duties.ACTION_LABELS.items()},
    "duty_rule_saved": "งานตามกำหนด: บันทึกกำหนด",
    "duty_rules_loaded": "งานตามกำหนด: เริ่มปฏิทิน",
    "duty_year_made": "งานตามกำหนด: สร้างงานของปี",
    "duty_year_rolled_over": "งานตามกำหนด: ขึ้นปีใหม่",
    "duty_event_recorded": "งานตามกำหนด: บันทึกเหตุการณ์",
    "duties_followed_units": "งานตามกำหนด: ปรับตามส่วนงานที่เปลี่ยน",
    "duties_moved_off_holidays": "งานตามกำหนด: เลื่อนออกจากวันหยุด",
    "duties_reminded": "งานตามกำหนด: แจ้งเตือน",
    "calendar_feed_created": "ปฏิทิน: สร้างที่อยู่",
    "calendar_feed_revoked": "ปฏิทิน: ยกเลิกที่อยู่",
    "duty_notices_withdrawn": "งานตามกำหนด: ยกเลิกการแจ้งเตือนที่ยังไม่ส่ง",
    "evidence_added": "หลักฐาน: เพิ่ม",
    "evidence_approved": "หลักฐาน: ตรวจรับ",
    "evidence_removed": "หลักฐาน: ลบ",
    "staff_moved": "โอนงานของเจ้าหน้าที่",
    "pack_given": "แจ้งชุดมาตรการ",
    "pack_acknowledged": "รับทราบชุดมาตรการ",
    "faq_saved": "คลังคำตอบ: บันทึก",
    "faq_confirmed": "คลังคำตอบ: ยืนยันข้อเท็จจริง",
    "faq_published": "คลังคำตอบ: เผยแพร่",
    "faq_drafted": "คลังคำตอบ: เก็บเป็นร่าง",
    "faq_removed": "คลังคำตอบ: ลบ",
    "faq_phrasing_added": "คลังคำตอบ: เพิ่มวิธีถาม",
    "faq_made_of_questions": "คลังคำตอบ: สร้างจากคำถาม",
    "faq_imported": "คลังคำตอบ: นำเข้า",
    "service_saved": "บริการ: บันทึก",
    "service_confirmed": "บริการ: ยืนยันข้อเท็จจริง",
    "service_removed": "บริการ: ลบ",
    "announced": "ประกาศทาง LINE",
    "announcement_withdrawn": "ประกาศทาง LINE: ยกเลิกส่วนที่ยังไม่ส่ง",
    "announcement_tested": "ประกาศทาง LINE: ส่งทดสอบถึงตนเอง",
    "unit_saved": "บันทึกส่วนงาน",
    "unit_kept": "เก็บส่วนงานที่นำเข้า",
    "unit_merged": "รวมส่วนงาน",
    "category_saved": "บันทึกประเภทเรื่อง",
    "canned_reply_saved": "บันทึกข้อความสำเร็จรูป",
    "canned_reply_removed": "ลบข้อความสำเร็จรูป",
    "holiday_saved": "บันทึกวันหยุด",
    "holiday_removed": "ลบวันหยุด",
    "holidays_added": "เติมวันหยุดราชการ",
    "fields_saved": "แก้ข้อมูลหน่วยงาน",
    "identity_saved": "แก้ชื่อและเวลาทำการ",
    "settings_saved": "แก้การตั้งค่า",
    "notice_published": "เผยแพร่ประกาศความเป็นส่วนตัว",
    "consent_given": "ให้ความยินยอม",
    "sent_again": "ส่งข้อความอีกครั้ง",
    "message_withdrawn": "ยกเลิกการส่งข้อความ",
    "unsent": "ผู้ส่งยกเลิกข้อความ",
    "form_taken": "รับแบบฟอร์มจากเว็บ",
    "form_saved": "แบบฟอร์ม: บันทึกรายละเอียด",
    "form_drafted": "แบบฟอร์ม: บันทึกแบบร่าง",
    "form_draft_discarded": "แบบฟอร์ม: ทิ้งแบบร่าง",
    "form_published": "แบบฟอร์ม: เผยแพร่",
    "form_rolled_back": "แบบฟอร์ม: กลับไปใช้รุ่นก่อน",
    "form_exported": "แบบฟอร์ม: ดาวน์โหลดคำตอบ",
    "asset_saved": "พัสดุให้ยืม: บันทึก",
    "loan_approved": "ยืมพัสดุ: อนุมัติ",
    "loan_returned": "ยืมพัสดุ: รับคืน",
    "loan_cancelled": "ยืมพัสดุ: ยกเลิก",
    "loan_extension_asked": "ยืมพัสดุ: ขอยืมต่อ",
    "loan_extended": "ยืมพัสดุ: ให้ยืมต่อ",
    "loan_extension_refused": "ยืมพัสดุ: ไม่ให้ยืมต่อ",
    "loans_exported": "ยืมพัสดุ: ดาวน์โหลด",
    "form_packs_loaded": "แบบฟอร์ม: เพิ่มชุดสำเร็จรูป",
    "form_answered": "แบบฟอร์ม: มีผู้ตอบ",
    "request_filled": "คำขอ: กรอกส่วนของเจ้าหน้าที่",
    "document_issued": "เอกสารรายงาน: ออกเอกสาร",
    "information_letter_made": "คำขอข้อมูลข่าวสาร: พิมพ์หนังสือตอบ",
    "information_letter_words_saved": "คำขอข้อมูลข่าวสาร: ยืนยันข้อความกฎหมาย",
    "document_settings_saved": "เอกสารรายงาน: แก้ผู้ลงนามหรือแบบ",
    "links_checked": "ตรวจลิงก์หลักฐาน",
    "measure_added": "มาตรการ: เพิ่ม",
    "measure_edited": "มาตรการ: แก้ไข",
    "measure_progress": "มาตรการ: รายงานความคืบหน้า",
    "measure_moved": "มาตรการ: เปลี่ยนลำดับ",
    "measure_removed": "มาตรการ: ลบ",
    "measures_copied": "มาตรการ: คัดลอกจากปีก่อน",
    "measures_imported": "มาตรการ: นำเข้าจากไฟล์",
    "ita_scores_saved": "คะแนน ITA: บันทึก",
    "elements_loaded": "ข้อ OIT: ใช้รายการของระบบ",
    "element_added": "ข้อ OIT: เพิ่มเอง",
    "element_set": "ข้อ OIT: บันทึกองค์ประกอบ",
    "element_checked": "ข้อ OIT: ตรวจ",
    "register_entry_added": "ทะเบียน: เพิ่มรายการ",
    "register_entry_edited": "ทะเบียน: แก้ไขรายการ",
    "register_entry_removed": "ทะเบียน: ลบรายการ",
    "channel_checked": "ทะเบียน: ตรวจช่องทาง",
    "walkins_typed": "ผู้มาติดต่อ: กรอกจำนวนของวัน",
    "eit_round_saved": "EIT: บันทึกลิงก์และช่วงเวลา",
    "eit_point_added": "EIT: เพิ่มจุดบริการ",
    "eit_point_saved": "EIT: แก้ไขจุดบริการ",
    "eit_count_saved": "EIT: กรอกยอดจาก ITAS",
    "iit_count_saved": "IIT: กรอกยอดจาก ITAS",
    "eit_ita_admin_chosen": "EIT: เลือกผู้ดูแล ITA",
    "activity_planned": "กิจกรรม: วางแผน",
    "activity_changed": "กิจกรรม: แก้ไข",
    "activity_opened": "กิจกรรม: เผยแพร่",
    "activity_cancelled": "กิจกรรม: ยกเลิก",
    "activity_change_told": "กิจกรรม: แจ้งการเปลี่ยนแปลง",
    "activity_joined": "กิจกรรม: มีผู้ลงชื่อ",
    "activity_left": "กิจกรรม: ถอนชื่อ",
    "activity_attendance": "กิจกรรม: บันทึกการมาร่วม",
    "activity_reported": "กิจกรรม: รายงานผล",
    "proposal_made": "ข้อเสนอ: รับ",
    "proposal_decided": "ข้อเสนอ: ตอบ",
    "poll_added": "ออกเสียง: ตั้งคำถาม",
    "poll_changed": "ออกเสียง: แก้ร่าง",
    "poll_published": "ออกเสียง: เผยแพร่",
    "representative_invited": "ผู้แทนภาคประชาชน: เชิญ",
    "representative_code_made": "ผู้แทนภาคประชาชน: ออกรหัสใหม่",
    "representative_opened": "ผู้แทนภาคประชาชน: เปิดคำเชิญ",
    "representative_accepted": "ผู้แทนภาคประชาชน: ตอบรับ",
    "representative_declined": "ผู้แทนภาคประชาชน: ไม่สะดวก",
    "representative_heard": "ผู้แทนภาคประชาชน: ส่งข้อมูล",
    "representative_written": "ผู้แทนภาคประชาชน: เจ้าหน้าที่เขียนถึง",
    "representative_ended": "ผู้แทนภาคประชาชน: สิ้นสุด",
    "representative_forgotten": "ผู้แทนภาคประชาชน: ลบชื่อตามคำขอ",
    "representatives_forgotten": "ผู้แทนภาคประชาชน: ลบชื่อผู้ไม่ได้ช่วย",
    "agency_added": "ตั้งหน่วยงาน",
    "drafts_dropped": "ลบแบบร่างที่ค้างนาน",
    "orphan_files_deleted": "ลบไฟล์ที่ไม่มีเรื่อง",
}
ACTORS = {"clock": "ระบบตามเวลา", "web": "หน้าเว็บประชาชน", "cli": "คำสั่งผู้ดูแลเครื่อง"}


def numbers(session: Session, subjects: Iterable[str]) -> dict[str, str]:
    """ "case:12" -> "C70-000012" for the cases and questions among `subjects`."""
    wanted = set(subjects)
    found = {}
    for kind, table in (("case", Case), ("question", Question)):
        ids = [
            int(row_id) for name, _, row_id in (s.partition(":") for s in wanted) if name == kind and row_id.isdigit()
        ]
        for row_id, number in session.execute(select(table.id, table.number).where(table.id.in_(ids))):
            found[f"{kind}:{row_id}"] = number or f"{kind}:{row_id}"
    return found


def subject(session: Session, typed: str) -> str:
    """What the log calls the row that a person names: "C70-000012" -> "case:12"; anything else stays."""
    number = to_arabic(typed).upper()
    for kind, table in (("case", Case), ("question", Question)):
        row_id = session.scalars(select(table.id).where(table.number == number)).first()
        if row_id is not None:
            return f"{kind}:{row_id}"
    return subject_of(to_arabic(typed)) or typed
