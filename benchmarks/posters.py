"""Seconds for one PDF with the posters of 200 points, by sheet. Wanted: under 10 s, aimed at 3 s.

python benchmarks/posters.py    prints one JSON object
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reports.posters import SHEETS, Poster, draw

POINTS = 200


def measure() -> dict[str, float]:
    """The best of two runs each, the second without the first one's warming up."""
    posters = [
        Poster(
            agency="องค์การบริหารส่วนตำบลบ้านตัวอย่าง",
            title="ประเมินการทำงาน\nของเรา",
            subtitle="แบบประเมิน EIT ของสำนักงาน ป.ป.ช.",
            facts=("ป.ป.ช. เป็นผู้ถาม", "ใช้เวลาราว 5 นาที", "ไม่ต้องบอกชื่อ", "ตอบตามที่พบจริง"),
            address=f"https://line.bantuayang.go.th/e/k7m{number:03d}",
            point=f"จุดบริการที่ {number + 1}",
        )
        for number in range(POINTS)
    ]
    found = {}
    for sheet in SHEETS:
        took = []
        for _ in range(2):
            start = time.perf_counter()
            draw(posters, sheet)
            took.append(time.perf_counter() - start)
        found[f"posters_{POINTS}_{sheet}_s"] = round(min(took), 2)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
