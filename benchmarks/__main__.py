"""All figures of one run: `script/bench --json` prints one JSON object, without --json one figure a line."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks import clock, dashboard, documents, outbox, posters, public, webhook


def faq() -> dict[str, float]:
    """Milliseconds of a search, by number of entries."""
    script = Path(__file__).with_name("faq_search.py")
    report = json.loads(subprocess.run([sys.executable, script], check=True, capture_output=True).stdout)
    return {f"faq_p99_ms_{short}": report[f"entries_{count}"]["p99_ms"] for count, short in SIZES.items()}


SIZES = {100: "100", 1_000: "1k", 10_000: "10k"}


def main() -> None:
    arguments = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--rounds", type=int, default=7, help="the median of so many counts")
    given = arguments.parse_args()
    found = webhook.measure(given.rounds)
    found |= faq()
    sent = outbox.measure()
    found |= sent | {"outbox_messages_per_s": sent["outbox_per_second_sqlite"]}
    found |= posters.measure()
    found |= documents.measure()
    found |= clock.measure(spread=False)
    found |= dashboard.measure()
    found |= public.measure()
    print(json.dumps(found) if given.json else "\n".join(f"{name}\t{value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
