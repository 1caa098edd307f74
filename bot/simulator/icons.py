"""The chat page's few icons: strokes on a 24 x 24 grid."""

from markupsafe import Markup

_PATHS = {
    "plus": "M12 5v14M5 12h14",
    "send": "M4 12l16-8-6 16-3-6z",
    "camera": "M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
    "pin": "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
    "smile": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8 14c2 3 6 3 8 0M9 9v1M15 9v1",
    "mic": "M12 4a3 3 0 0 1 3 3v4a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4",
    "film": "M4 6h11v12H4zM15 10l5-3v10l-5-3",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h6",
    "dots": "M12 5v.5M12 12v.5M12 19v.5",
    "pulse": "M3 12h4l3-7 4 14 3-7h4",
    "close": "M6 6l12 12M18 6L6 18",
}


def icon(name: str) -> Markup:
    return Markup('<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>').format(_PATHS[name])
