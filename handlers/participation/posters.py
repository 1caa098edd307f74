"""What hangs at the door of an activity: the code with which people say that they have come."""

from __future__ import annotations

from handlers.agencies import AgencyView
from handlers.participation.activities import when
from models.participation import Activity
from reports.posters import Poster


def check_in_address(agency: AgencyView, activity: Activity) -> str:
    """The short address that the code holds; it leads nowhere but on the activity's days."""
    return f"{agency.public_url}/a/{activity.code}"


def check_in(agency: AgencyView, activity: Activity) -> Poster:
    return Poster(
        agency=agency.name,
        title="มาถึงแล้ว \nส่องตรงนี้",
        subtitle=activity.title,
        facts=("บอกทาง LINE ได้", "ไม่มี LINE ก็ได้", "ไม่ต้องบอกชื่อ", "ให้คะแนนเราได้"),
        address=check_in_address(agency, activity),
        foot=when(activity),
    )
