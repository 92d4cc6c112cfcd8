"""Checks what the demo left behind: networks, rows, report, size. Standard library only."""

import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
problems = []


def check(holds, what):
    print(("ok  " if holds else "BAD ") + what)
    if not holds:
        problems.append(what)


rows = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
cells = [row for row in rows if row["row"] == "cell"]
failed = [row for row in cells if "error" in row["outcome"]]
check(len(cells) > 3000, f"{len(cells)} cells")
check(not failed, f"{len(failed)} failed cells" + (f", first: {failed[0]['outcome']}" if failed else ""))
scored = [row["outcome"]["score"] for row in cells if "score" in row["outcome"]]
check(all(s["chance"] for s in scored), "every score has a chance level")
check(all("interval" in s["estimate"] for s in scored), "every score has an interval")

units = [row for row in rows if row["row"] == "units"]
found = [row for row in units if "found" in row["findings"]]
check(len(found) == len(units) == 4 * 6, f"{len(found)} of {len(units)} pairs of layers unit by unit")
fields = [row["findings"]["found"]["x"]["receptive_field"] for row in units if row["x"]["layer"].startswith("conv")]
check(all(fields), "the store says where positions look")

run = json.loads((folder / "run.json").read_text())
for network in run["networks"]:
    check(network["accuracy"] >= 0.85, f"{network['name']}: accuracy {network['accuracy']:.3f}")

report = (folder / "report.html").read_text()
figures = [f.read_text() for f in (folder / "figures").iterdir()]
check(len(figures) > 20, f"{len(figures)} files of figures")
check(not any("NaN" in figure or "inf" in figure.split() for figure in figures), "no NaN in the figures")
check(all(f'src="{scheme}' not in report for scheme in ("http:", "https:", "//")), "the report loads nothing")
size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
check(size < 500e6, f"folder of {size / 1e6:.0f} MB")
sys.exit(1 if problems else 0)
