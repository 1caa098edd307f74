"""Tables as office staff keep them: CSV in the encodings and separators that Excel writes, and XLSX."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime

LARGEST_FILE = 20 * 1024 * 1024  # bytes, of the file and of what an XLSX unpacks to in one part
MOST_ROWS = 50_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no cell of a workbook may hold these
# A cell that begins so is a formula to a spreadsheet: whoever opens the file would run it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Table = list[list[str]]


class SheetError(ValueError):
    """The file cannot be read as a table; str() is Thai, for staff."""


def read(data: bytes, header: Iterable[str]) -> Table:
    """The rows of a CSV (UTF-8, UTF-16 or TIS-620/cp874; comma, semicolon or tab) or XLSX (its first sheet) file.

    `header`: lower-case names of which the first row holds some; they tell which separator is meant. Raises SheetError.
    """
    if not data.strip():
        raise SheetError("ไฟล์ว่าง ไม่มีข้อมูลให้นำเข้า")
    if len(data) > LARGEST_FILE:
        raise SheetError("ไฟล์ใหญ่เกิน 20 MB แบ่งเป็นหลายไฟล์แล้วนำเข้าทีละไฟล์")
    if data.startswith(_OLD_EXCEL):
        raise SheetError("ไฟล์เป็น Excel รุ่นเก่า (.xls) เปิดแล้วบันทึกเป็น .xlsx หรือ .csv ก่อน")
    table = _read_xlsx(data) if data.startswith(b"PK") else _read_csv(data, set(header))
    if len(table) > MOST_ROWS:
        raise SheetError(f"ไฟล์มีมากกว่า {MOST_ROWS:,} แถว แบ่งเป็นหลายไฟล์แล้วนำเข้าทีละไฟล์")
    return [[_from_cell(cell) for cell in row] for row in table]


def _read_csv(data: bytes, header: set[str]) -> Table:
    text = decode(data)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")

    def known(separator: str) -> int:
        return sum(cell.strip(' "\t').lower() in header for cell in first.split(separator))

    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=known)))
    except csv.Error:
        raise SheetError("อ่านไฟล์ CSV ไม่ได้ เปิดด้วย Excel แล้วบันทึกใหม่เป็น .xlsx") from None


def decode(data: bytes) -> str:
    """The text of a CSV file in one of the encodings that Excel writes for Thai. Raises SheetError."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp874", "tis-620")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError("อ่านตัวอักษรในไฟล์ไม่ได้ บันทึกใหม่เป็น CSV UTF-8 หรือ .xlsx")


def _read_xlsx(data: bytes) -> Table:
    import openpyxl  # 15 MB that a web process seldom needs
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(part.file_size > 10 * LARGEST_FILE for part in archive.infolist()):
                raise SheetError("ไฟล์ใหญ่เกินไป แบ่งเป็นหลายไฟล์แล้วนำเข้าทีละไฟล์")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            # max_row: a sheet may claim a million formatted, empty rows.
            return [[_text(value) for value in row] for row in sheet.iter_rows(max_row=MOST_ROWS + 1, values_only=True)]
        finally:
            book.close()
    except SheetError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        OSError,
        SyntaxError,
    ):
        # SyntaxError is what the XML parsers' ParseError is.
        raise SheetError("เปิดไฟล์ Excel ไม่ได้ ไฟล์อาจเสียหาย ลองบันทึกใหม่เป็น .xlsx") from None


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _from_cell(cell: str) -> str:
    cell = _CONTROL.sub("", cell).replace("\r\n", "\n").replace("\r", "\n").strip()
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell


def _to_cell(text: str) -> str:
    text = _CONTROL.sub("", text)
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which Excel knows that it is; formulas made harmless with an apostrophe."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_to_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """One sheet; the first row stays in view."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_to_cell(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
