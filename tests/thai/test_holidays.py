import subprocess
import sys
from datetime import date

from thai.holidays import seed_holidays


def test_what_the_government_keeps() -> None:
    days = dict(seed_holidays(2026, 2027))
    assert days[date(2026, 1, 2)] == "วันหยุดพิเศษ (เพิ่มเติม)"
    assert days[date(2026, 5, 13)] == "วันพืชมงคล"
    assert days[date(2026, 6, 1)] == "ชดเชยวันวิสาขบูชา"
    assert days[date(2026, 12, 7)].startswith("ชดเชยวันคล้ายวันเฉลิมพระชนมพรรษา")
    assert days[date(2026, 12, 10)] == "วันรัฐธรรมนูญ"


def test_what_it_does_not() -> None:
    days = dict(seed_holidays(2021, 2035))
    assert date(2026, 1, 10) not in days  # Children's Day
    assert date(2026, 5, 1) not in days  # Labour Day
    assert date(2027, 5, 3) not in days  # in lieu of a Labour Day on Saturday
    assert not [name for name in days.values() if "เด็ก" in name or "แรงงาน" in name]


def test_days_in_lieu_cross_the_year_end() -> None:
    assert dict(seed_holidays(2029, 2029))[date(2029, 1, 2)] == "ชดเชยวันสิ้นปี"


def test_in_order_once_each_and_only_the_years_asked_for() -> None:
    days = [day for day, _ in seed_holidays(2025, 2028)]
    assert days == sorted(set(days))
    assert {day.year for day in days} == {2025, 2026, 2027, 2028}
    assert seed_holidays(2026, 2025) == []


def test_the_library_is_loaded_only_for_seeding() -> None:
    code = "import sys, thai.holidays, thai.phone; print('holidays' in sys.modules, 'phonenumbers' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.split() == ["False", "False"]
