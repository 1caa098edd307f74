"""First content for an agency's editable table of holidays.

Only a start: the cabinet announces special days during the year, the palace fixes the Ploughing Ceremony each
year (the library knows it only once announced), and royal days can change.
"""

from datetime import date

# The library lists these as public holidays, but government offices work on Labour Day (and so also on the
# day given in its lieu), and Children's Day, a Saturday, is no holiday at all.
_NOT_FOR_GOVERNMENT = ("วันเด็กแห่งชาติ", "วันแรงงานแห่งชาติ")


def seed_holidays(first_year: int, last_year: int) -> list[tuple[date, str]]:
    """Government holidays of the CE years, both included, in order, each with its Thai name.

    Days in lieu are among them under their own name ("ชดเชย...").
    """
    import holidays  # takes a while, and only seeding needs it

    known = holidays.country_holidays(
        "TH",
        years=range(first_year, last_year + 1),
        language="th",
        categories=("public", "government"),
    )
    days = []
    for day in sorted(known):
        names = [name for name in known.get_list(day) if not name.endswith(_NOT_FOR_GOVERNMENT)]
        if names:
            days.append((day, names[0]))
    return days
