"""Kinds of complaint: what a new agency begins with, and which one a text is probably about.

Units and service times are what local administrations publish or commonly hold; an agency edits all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case import Category
from thai.text import detone, fold_command, normalise

OFFICE, WORKS, HEALTH = "สำนักปลัด", "กองช่าง", "งานสาธารณสุข"
RESCUE, WELFARE, FINANCE = "งานป้องกันและบรรเทาสาธารณภัย", "งานสวัสดิการสังคม", "กองคลัง"


@dataclass(frozen=True, slots=True)
class Starter:
    """A category of the starter set. `short` fits a LINE button (20 code points). `keywords`: each is looked for in
    the text; parts joined by "+" must all be there, anywhere."""

    code: str
    short: str
    label: str
    unit: str
    sla_value: int
    sla_unit: str
    keywords: tuple[str, ...]
    conduct: bool = False
    needs_place: bool = True


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STARTER: tuple[Starter, ...] = (
    Starter(
        "road", "ถนนชำรุด", "ถนน/ทางสาธารณะชำรุด", WORKS, 7, "working_days",
        _words(
            "ถนน ถนนพัง ถนนชำรุด ถนนขาด ถนนเป็นหลุม ถนนทรุด ถนนแตก ถนนลูกรัง หลุม หลุมบ่อ เป็นบ่อ เป็นหลุม ผิวจราจร "
            "ลูกรัง คอนกรีตแตก คอนกรีต ยางมะตอย ลาดยาง ทางพัง ทางชำรุด ทางเท้า ฟุตบาท ฟุตบาธ ไหล่ทาง คอสะพาน สะพานชำรุด "
            "สะพานพัง สะพานขาด สะพาน+พัง ทางเข้าหมู่บ้าน+พัง ทรุดตัว ฝาท่อ+ถนน รถตกหลุม ตกหลุม หนทาง ทางขาด หินคลุก เกรดถนน "
            "ทางลื่น โคลน ป้ายจราจร ลูกระนาด ทางสาธารณะชำรุด ขรุขระ ทาง+หลุม ทาง+พัง ซอย+พัง"
        ),
    ),
    Starter(
        "streetlight", "ไฟทางดับ", "ไฟฟ้าสาธารณะ/ไฟส่องสว่างดับ", WORKS, 48, "hours",
        _words(
            "ไฟฟ้าสาธารณะ ไฟสาธารณะ ไฟทาง ไฟถนน ไฟริมทาง ไฟข้างทาง ไฟดับ ไฟส่องสว่าง ไฟส่องทาง ไฟกิ่ง หลอดไฟ หลอดขาด โคมไฟ "
            "เสาไฟ ไฟ+ดับ ไฟ+ไม่ติด ไฟไม่ติด ไฟกระพริบ ไฟ+กระพริบ ไฟ+กะพริบ ไฟติดๆดับๆ มืดตึ๊ดตื๋อ ทางมืด มืดมาก มืด ซอยมืด "
            "ถนนมืด ไฟโซล่า โซล่าเซลล์ โซลาร์เซลล์ ไฟมอด ไฟ+เสีย ไฟ+บ่ติด ไฟ+บ่แจ้ง ไฟ+ทั้งวัน สปอร์ตไลท์ ไฟซอย ไฟในซอย ไฟ+มืด"
        ),
    ),
    Starter(
        "water", "น้ำประปาไม่ไหล/ขุ่น", "น้ำประปาไม่ไหล/ไหลอ่อน/ขุ่น", WORKS, 24, "hours",
        _words(
            "น้ำไม่ไหล น้ำบ่ไหล น้ำไม่มา น้ำบ่มา น้ำไหลอ่อน น้ำไหลเบา น้ำเบา น้ำอ่อน น้ำไม่แรง น้ำแดง น้ำขุ่น น้ำเหลือง น้ำสนิม "
            "น้ำประปา ประปา น้ำก๊อก ก๊อกน้ำ น้ำ+ไม่ไหล น้ำ+บ่ไหล น้ำ+ขุ่น น้ำ+เหลือง น้ำ+ไหลอ่อน น้ำ+ไหลเบา น้ำมีกลิ่น "
            "น้ำ+กลิ่นคลอรีน น้ำไม่พอใช้ ไม่มีน้ำใช้ น้ำใช้ บ่มีน้ำใช้ น้ำหยุดไหล ค่าน้ำ มิเตอร์น้ำ แรงดันน้ำ น้ำ+ไม่สะอาด น้ำ+มีตะกอน "
            "น้ำ+ดำ น้ำดื่ม ถังน้ำ+หมู่บ้าน หอถัง น้ำ+อาบ น้ำ+ซักผ้า น้ำไม่มี ไม่มีน้ำ ปั๊มน้ำ+เสีย น้ำ+หยด"
        ),
    ),
    Starter(
        "water_leak", "ท่อประปาแตก/รั่ว", "ท่อประปาแตกรั่ว", WORKS, 24, "hours",
        _words(
            "ท่อแตก ท่อรั่ว ท่อประปาแตก ท่อประปารั่ว ท่อน้ำแตก ท่อน้ำรั่ว ท่อ+แตก ท่อ+รั่ว ท่อเมน ท่อเมนแตก น้ำรั่ว น้ำพุ่ง น้ำ+รั่ว "
            "น้ำ+ซึม น้ำไหลทิ้ง น้ำ+ไหลนอง น้ำ+พุ่ง ท่อหลุด ท่อ+หลุด ข้อต่อ ท่อขาด ท่อ+ซึม รั่วซึม ตัดท่อ+ประปา ประตูน้ำ+รั่ว "
            "มิเตอร์+รั่ว น้ำประปา+ไหลทิ้ง ท่อพีวีซี"
        ),
    ),
    Starter(
        "drain", "ท่อระบายน้ำตัน", "ท่อระบายน้ำอุดตัน", WORKS, 5, "days",
        _words(
            "ท่อระบายน้ำ ท่อตัน ท่ออุดตัน ท่อ+ตัน ท่อ+อุดตัน รางระบายน้ำ รางน้ำ ร่องน้ำ ทางระบายน้ำ ระบายน้ำ ระบายไม่ทัน "
            "น้ำระบายไม่ได้ น้ำไม่ระบาย ลอกท่อ ล้างท่อ ฝาท่อ ฝาท่อหาย ฝาท่อแตก ฝาท่อ+เปิด ตะแกรงท่อ น้ำเอ่อจากท่อ ท่อ+ขยะ "
            "ท่อ+ดินเต็ม ท่อ+เหม็น ท่อเต็ม น้ำเสียล้นท่อ ล้นท่อ ดูดท่อ บ่อพัก ท่อลอด ราง+อุดตัน ราง+ตัน น้ำเน่าในท่อ คูระบาย ราง+ขยะ"
        ),
    ),
    Starter(
        "flood", "น้ำท่วมขัง", "น้ำท่วมขัง", WORKS, 24, "hours",
        _words(
            "น้ำท่วม น้ำท่วมขัง น้ำขัง ท่วมขัง ท่วม น้ำนอง น้ำ+ท่วม น้ำ+ขัง น้ำ+เข้าบ้าน น้ำเข้าบ้าน ท่วมบ้าน ท่วมถนน น้ำรอระบาย ฝนตก+ขัง "
            "ฝนตก+ท่วม ฝนตกทีไร น้ำสูง น้ำเจิ่ง เจิ่งนอง น้ำหลากเข้า น้ำ+รถดับ กระสอบทราย น้ำไม่ลด น้ำบ่ลด สูบน้ำออก"
        ),
    ),
    Starter(
        "canal", "ขุดลอกคลอง/วัชพืช", "ขุดลอกคูคลอง/กำจัดวัชพืช", WORKS, 15, "days",
        _words(
            "คลอง คูคลอง ลำคลอง ขุดลอก ลอกคลอง ลำห้วย ห้วย ลำเหมือง เหมือง ผักตบ ผักตบชวา จอก แหน วัชพืช วัชพืช+คลอง ตื้นเขิน "
            "คลองตื้น คลองตัน หนองน้ำ สระน้ำ+ตื้น ตลิ่ง ตลิ่งพัง ฝาย สวะ กอสวะ หญ้า+คลอง หญ้า+ห้วย บึง คลองส่งน้ำ คลอง+เน่า "
            "ขุดสระ หญ้าข้างทาง ตัดหญ้า หญ้ารก หญ้าสูง หญ้า+ไหล่ทาง"
        ),
    ),
    Starter(
        "tree", "ต้นไม้/กิ่งไม้ขวาง", "ต้นไม้กีดขวาง/กิ่งไม้ใกล้สายไฟ", RESCUE, 7, "days",
        _words(
            "ต้นไม้ กิ่งไม้ ต้นไม้ล้ม ไม้ล้ม ตัดต้นไม้ ตัดกิ่ง ตัดแต่งกิ่ง กิ่ง+สายไฟ ต้นไม้+สายไฟ กิ่งหัก กิ่ง+หัก ต้น+ล้ม ต้น+เอียง ต้น+ขวาง "
            "โค่น ต้นมะขาม ต้นจามจุรี ต้นฉำฉา ต้นก้ามปู ต้นโพธิ์ ต้นมะพร้าว ต้นยูคา ต้นสัก ไม้ใหญ่ รากไม้ ใบไม้ร่วง ก้านมะพร้าว "
            "ต้นไผ่ กอไผ่ ไม้ไผ่+ล้ม ต้นไม้+บัง พุ่มไม้ กิ่งก้าน ไม้พาดสายไฟ บักไม้"
        ),
    ),
    Starter(
        "garbage", "ขยะ/ถังขยะ", "ขยะตกค้าง/ไม่มีรถเก็บ/ขอถังขยะ", HEALTH, 3, "days",
        _words(
            "ขยะ รถขยะ ถังขยะ เก็บขยะ ขยะตกค้าง ขยะล้น ขยะเหม็น รถเก็บขยะ ทิ้งขยะ กองขยะ ขยะ+ไม่เก็บ ขยะ+บ่เก็บ เศษขยะ ขี้เหยื้อ ขี้เยื้อ "
            "กุมฝอย มูลฝอย ขยะเปียก ขยะอันตราย ขยะติดเชื้อ ถุงดำ ถุงขยะ แอบทิ้ง ลักลอบทิ้ง เศษกิ่งไม้+เก็บ ที่นอนเก่า โซฟาเก่า "
            "เศษวัสดุ+ทิ้ง คัดแยกขยะ ถังแตก ขอถัง ซากสัตว์ หมาตาย ขี้เฮียะ ขี้เยี่ย"
        ),
    ),
    Starter(
        "nuisance", "กลิ่น เสียง ควัน ฝุ่น", "เหตุเดือดร้อนรำคาญ (กลิ่น เสียง ควัน ฝุ่น เผา)", HEALTH, 7, "days",
        _words(
            "เสียงดัง เปิดเพลง คาราโอเกะ กลิ่นเหม็น กลิ่น เหม็น ควัน เผา เผาขยะ เผาหญ้า เผาอ้อย เผาตอซัง เผาฟาง ฝุ่น pm2.5 รำคาญ เหตุรำคาญ ฟาร์มหมู "
            "ฟาร์มไก่ คอกหมู ขี้หมู ขี้ไก่ ขี้วัว เล้าไก่ โรงงาน โรงสี น้ำเสีย ปล่อยน้ำเสีย น้ำเน่า ท่อไอเสีย ท่อดัง รถแต่ง แว้น เครื่องเสียง ลำโพง หนวกหู เสียง นอนไม่ได้ "
            "นอนบ่ได้ ส่งเสียง เสียงเครื่องจักร ก่อสร้าง+เสียง ฝุ่นละออง รถบรรทุก+ฝุ่น ข้างบ้าน+เหม็น ข้างบ้าน+เสียง เลี้ยงหมู เลี้ยงไก่ เหม็นขี้ เหม็นสาบ "
            "จุดไฟ เผาถ่าน เตาถ่าน ดูดควัน หมอกควัน เดือดร้อนรำคาญ ไก่ขัน แมลงวัน"
        ),
    ),
    Starter(
        "animal", "หมาแมวจรจัด", "สัตว์จรจัด/พิษสุนัขบ้า", HEALTH, 3, "days",
        _words(
            "หมาจรจัด หมาจร สุนัขจรจัด สุนัขจร แมวจร แมวจรจัด หมา สุนัข แมว หมากัด สุนัขกัด ไล่กัด โดนกัด หมาบ้า พิษสุนัขบ้า สุนัขบ้า หมาเห่า หมาดุ "
            "ทำหมัน ฉีดวัคซีน+หมา วัคซีนหมา วัคซีนสุนัข วัคซีนแมว วัวควาย วัวปล่อย วัว+ถนน ควาย+ถนน วัวเดิน ลิง ฝูงลิง นกพิราบ หมาปล่อย หมา+ปล่อย น้ำลาย+หมา ฝูงหมา "
            "งูเข้าบ้าน ตัวเงินตัวทอง ตัวเหี้ย ปล่อยสัตว์ หมาข้างบ้าน ขี้หมา จรจัด"
        ),
    ),
    Starter(
        "food", "อาหาร/ตลาดไม่สะอาด", "สุขาภิบาลอาหาร/ตลาด", HEALTH, 7, "days",
        _words(
            "ร้านอาหาร อาหาร ร้านข้าว ร้านก๋วยเตี๋ยว ก๋วยเตี๋ยว ร้านส้มตำ ตลาด ตลาดสด ตลาดนัด แผงลอย แม่ค้า ลูกชิ้น อาหารเป็นพิษ ท้องเสีย+กิน กิน+ท้องเสีย กินแล้ว อาหารไม่สะอาด "
            "หมดอายุ ของหมดอายุ แมลงสาบ+อาหาร หนู+ตลาด เนื้อหมูเน่า อาหารบูด น้ำแข็ง ครัว+สกปรก ร้าน+สกปรก เขียง ฟอร์มาลีน สุขาภิบาล โรงอาหาร หมูกระทะ โรงน้ำแข็ง "
            "ร้านชำ+หมดอายุ น้ำดื่มบรรจุขวด ตลาด+สกปรก ตลาด+เหม็น บูด ของสด ปลาร้า+หนอน หนอน"
        ),
    ),
    Starter(
        "disease", "พ่นยุง/ควบคุมโรค", "ควบคุมโรค/พ่นยุง", HEALTH, 24, "hours",
        _words(
            "ยุง พ่นยุง ยุงลาย ยุงเยอะ ยุงหลาย ลูกน้ำ ลูกน้ำยุงลาย ไข้เลือดออก พ่นหมอกควัน พ่นยา ฉีดยุง ทรายอะเบท อะเบท โรคระบาด ชิคุนกุนยา โควิด covid มือเท้าปาก "
            "โรคฉี่หนู ฉี่หนู ป่วยเป็นไข้ ไข้หวัดใหญ่ ติดเชื้อ ควบคุมโรค แพร่เชื้อ วัณโรค ท้องร่วง+หลายคน อหิวา ป่วย+ไข้ พ่นสารเคมี พ่นฆ่าเชื้อ เป็นไข้"
        ),
    ),
    Starter(
        "disaster", "ไฟไหม้/พายุ/น้ำหลาก", "ไฟไหม้/วาตภัย/น้ำท่วมฉับพลัน", RESCUE, 1, "hours",
        _words(
            "ไฟไหม้ ไฟลาม ไฟป่า ไฟลุก ไหม้ ไฟไหม้ป่า ไฟไหม้หญ้า ไหม้บ้าน พายุ วาตภัย ลมแรง ลมพัด หลังคาปลิว หลังคาเปิด หลังคา+พัด หลังคา+ปลิว หลังคา+พัง บ้านพัง+ลม น้ำป่า น้ำหลาก "
            "น้ำป่าไหลหลาก ท่วมฉับพลัน น้ำมาเร็ว ดินถล่ม ดินสไลด์ ดินไหล ภัยพิบัติ ภัยแล้ง ลูกเห็บ ฟ้าผ่า สังกะสี+ปลิว กู้ภัย ดับเพลิง รถดับเพลิง อพยพ ลมหัวกุด ลมหลวง ตัวต่อ รังต่อ รังผึ้ง"
        ),
    ),
    Starter(
        "borrow", "ขอยืมของ", "ขอยืมวัสดุอุปกรณ์", FINANCE, 15, "days",
        _words(
            "ยืม ขอยืม ยืมเต็นท์ เต็นท์ เต้นท์ เต้น+ยืม เก้าอี้ โต๊ะ ขอยืมโต๊ะ ยืมเก้าอี้ ยืมโต๊ะ ยืมเครื่องเสียง ยืมรถ ขอใช้รถ ขอใช้เต็นท์ ขอใช้สถานที่ ขอรถน้ำ ขอใช้ พัดลมไอน้ำ รถกระเช้า+ขอ "
            "ยืมเครื่อง ใช้งานบุญ งานศพ งานบวช งานแต่ง งานบุญ ขอสนับสนุน ยืมวัสดุ ยืมอุปกรณ์ ขอยืมถ้วย"
        ),
        needs_place=False,
    ),
    Starter(
        "encroach", "บุกรุกที่สาธารณะ", "บุกรุกที่สาธารณะ/ก่อสร้างไม่ได้รับอนุญาต", WORKS, 15, "days",
        _words(
            "บุกรุก รุกล้ำ ที่สาธารณะ ที่หลวง ทางสาธารณะ+ปิด ปิดทาง ปิดกั้นทาง ล้อมรั้ว รั้ว+ทาง สร้างรั้ว ต่อเติม ก่อสร้าง สร้างบ้าน+อนุญาต ไม่ได้รับอนุญาต ไม่ขออนุญาต สร้างล้ำ ล้ำ "
            "ปลูกสร้าง ปลูกบ้าน+คลอง สร้างขวาง ถมที่ ถมดิน ขุดดิน ถมคลอง ที่ป่าช้า ที่ป่าสาธารณะ ที่ทำเลเลี้ยงสัตว์ หาบเร่ ตั้งร้านบนทางเท้า ตั้งของขาย วางของ+ทางเท้า จอดรถขวาง จอดรถ+ขวาง จับจอง "
            "กั้นรั้ว กั้นทาง เอาเสามาปัก ปักเสา ทางเข้าออก+ปิด ขวางทาง แบบแปลน"
        ),
    ),
    Starter(
        "welfare", "ขอความช่วยเหลือ", "ขอความช่วยเหลือ/เบี้ยยังชีพ", WELFARE, 15, "days",
        _words(
            "เบี้ย เบี้ยยังชีพ เบี้ยผู้สูงอายุ เบี้ยคนชรา เงินคนแก่ เงินผู้สูงอายุ เงินคนพิการ เบี้ยพิการ เบี้ยคนพิการ คนพิการ ผู้พิการ พิการ ผู้ป่วยติดเตียง ติดเตียง คนไร้บ้าน เร่ร่อน ยากไร้ ยากจน ลำบาก ไม่มีจะกิน "
            "ไม่มีเงิน ไม่มีคนดูแล ถุงยังชีพ เงินอุดหนุน เด็กแรกเกิด เงินเด็ก ช่วยเหลือ ขอความช่วยเหลือ ซ่อมบ้าน บ้านผู้ยากไร้ สงเคราะห์ ผ้าอ้อม แพมเพิส รถเข็น+คนแก่ วีลแชร์ ตกงาน อยู่คนเดียว เงินไม่เข้า เงินบ่เข้า "
            "เงิน+คนแก่ ผู้สูงอายุ คนเฒ่า เงินสงเคราะห์ เตียงผู้ป่วย ทุนการศึกษา กำพร้า ตาบอด อดอยาก"
        ),
        needs_place=False,
    ),
    Starter(
        "conduct", "การทำงานเจ้าหน้าที่", "การปฏิบัติงาน/พฤติกรรมของเจ้าหน้าที่ (ไม่ใช่ทุจริต)", OFFICE, 15, "days",
        _words(
            "เจ้าหน้าที่ จนท พนักงาน ข้าราชการ พูดจาไม่ดี พูดไม่ดี พูดไม่เพราะ พูดบ่ดี ไม่สุภาพ หน้าบึ้ง ตะคอก ดุ+เจ้าหน้าที่ ไล่+กลับ บริการไม่ดี บริการแย่ ให้รอนาน รอนาน รอเป็นชั่วโมง "
            "เลือกปฏิบัติ ลัดคิว แซงคิว ไม่อยู่โต๊ะ ไม่อยู่+เจ้าหน้าที่ เล่นโทรศัพท์ เล่นมือถือ มาสาย พักเที่ยงนาน ไม่รับสาย โทรไม่รับ โทรไปไม่มีคนรับ ไม่มีใครรับสาย ทำงานช้า ไม่สนใจ ไม่บริการ โยนไปโยนมา โยนงาน "
            "มารยาท กิริยา ด่าชาวบ้าน ขับรถหลวง รถหลวง เมา+เจ้าหน้าที่ พฤติกรรม ผู้ช่วยผู้ใหญ่ ผู้ใหญ่บ้าน คนขับรถขยะ+เร็ว ใส่อารมณ์ คนในอบต เคาน์เตอร์ ช่องบริการ ชักสีหน้า"
        ),
        conduct=True,
        needs_place=False,
    ),
    Starter("other", "เรื่องอื่น ๆ", "อื่น ๆ", OFFICE, 15, "days", _words("อื่นๆ เรื่องอื่น ป้ายหมู่บ้าน เสียงตามสาย หอกระจายข่าว ไวไฟ wifi อินเทอร์เน็ต กล้องวงจรปิด cctv สนามเด็กเล่น สนามกีฬา เครื่องออกกำลังกาย")),
)  # fmt: skip
BY_CODE: Mapping[str, Starter] = {starter.code: starter for starter in STARTER}


class Known(Protocol):
    """What `suggest` needs of a category: handlers.agencies.CategoryView, models.case.Category or Starter."""

    @property
    def code(self) -> str: ...
    @property
    def keywords(self) -> Sequence[str]: ...


def load_starter(session: Session, agency_id: int, units_by_name: Mapping[str, int]) -> list[Category]:
    """Add the starter categories that the agency does not have yet; flushed, not committed.

    `units_by_name`: unit ids by their names. A unit that the agency lacks falls back to สำนักปลัด, else to none."""
    have = set(session.scalars(select(Category.code).where(Category.agency_id == agency_id)))
    fallback = units_by_name.get(OFFICE)
    added = [
        Category(
            agency_id=agency_id,
            code=starter.code,
            label=starter.label,
            unit_id=units_by_name.get(starter.unit, fallback),
            sla_value=starter.sla_value,
            sla_unit=starter.sla_unit,
            keywords=list(starter.keywords),
            conduct=starter.conduct,
            position=position,
        )
        for position, starter in enumerate(STARTER)
        if starter.code not in have
    ]
    session.add_all(added)
    session.flush()
    return added


def short_label(code: str, label: str) -> str:
    """The category's name for a button: the short one while the agency has not renamed it."""
    starter = BY_CODE.get(code)
    return starter.short if starter and starter.label == label else label


def needs_place(code: str | None) -> bool:
    """False for kinds that happen at no place on a map (help, borrowing, an officer's manners)."""
    starter = BY_CODE.get(code or "")
    return starter.needs_place if starter else True


# -- which category is it? --------------------------------------------------------------------------------

_SHORTEST_FOLDED = 4  # shorter keywords must stand in the text as they are


def suggest(text: str, categories: Iterable[Known]) -> list[tuple[str, float]]:
    """Category codes by how much of the text their keywords account for, best first; none scores 0.

    A keyword counts by the square root-free sum of its letters, so a long one ("น้ำไม่ไหล") says more than a short
    one ("น้ำ"), and letters that several keywords of one category cover count once. Scores are letters covered."""
    exact, folded = _compact(text), fold_command(text)
    scores = [(category.code, _score(exact, folded, tuple(category.keywords))) for category in categories]
    return sorted(((code, score) for code, score in scores if score > 0), key=lambda pair: -pair[1])


def _score(exact: str, folded: str, keywords: tuple[str, ...]) -> float:
    covered: set[int] = set()
    loose = 0.0
    for keyword in keywords:
        parts, loose_parts = _parts(keyword)
        spans = [_spans(exact, part) for part in parts]
        if all(spans):
            covered.update(i for span in spans for i in span)
        elif all(len(part) >= _SHORTEST_FOLDED and part in folded for part in loose_parts):
            loose = max(loose, 0.7 * sum(map(len, loose_parts)))
    return max(float(len(covered)), loose)


@lru_cache(maxsize=4096)
def _parts(keyword: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = [word for word in keyword.split("+") if word]
    return tuple(map(_compact, words)), tuple(map(fold_command, words))


def _compact(text: str) -> str:
    return detone(normalise(text)).replace(" ", "")


def _spans(text: str, part: str) -> list[int]:
    """The positions of the first place where `part` stands; empty when it does not."""
    at = text.find(part) if part else -1
    return list(range(at, at + len(part))) if at >= 0 else []
