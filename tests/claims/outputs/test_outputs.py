"""Every format: what is not as declared is seen, and foreign text stays text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from relucert.claims.outcome import Report
from relucert.claims.outputs.badge import badge
from relucert.claims.outputs.html import html
from relucert.claims.outputs.junit import junit
from relucert.claims.outputs.markdown import markdown
from relucert.claims.outputs.sarif import sarif
from tests.claims.outputs.reports import report


def test_the_badge_counts_and_is_bright_green_only_when_everything_is_established(tmp_path: Path) -> None:
    bad = json.loads(badge(report(tmp_path)))
    assert bad["color"] == "red" and bad["message"].startswith("1/6 proved") and bad["schemaVersion"] == 1
    good = report(tmp_path, expected_only=True)
    assert json.loads(badge(good))["color"] == "green"  # one claim is open
    sure = Report(good.ledgers, good.outcomes[:1], (), good.checker)
    assert json.loads(badge(sure)) == {
        "schemaVersion": 1, "label": "claims", "message": "1/1 proved", "color": "brightgreen",
    }  # fmt: skip
    assert json.loads(badge(Report((), ())))["message"] == "no claims"


def test_the_summary_shows_the_counterexample_first_and_escapes_html(tmp_path: Path) -> None:
    text = markdown(report(tmp_path))
    failures, table = text.split("### All claims")
    assert "x = 1/2" in failures and "**wrong** is refuted, declared proved" in failures
    assert "<script>" not in text.replace("\\<script\\>", "")
    rows = [line for line in table.splitlines() if line.startswith("| ✔") or line.startswith("| ✘")]
    assert len(rows) == 6 and all(len(re.findall(r"(?<!\\)\|", row)) == 8 for row in rows)


def test_junit_counts_failures_errors_and_what_is_not_proved(tmp_path: Path) -> None:
    root = fromstring(junit(report(tmp_path)))
    suite = root[0]
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "7", "failures": "3", "errors": "1", "skipped": "2"}
    kinds = {case.get("name"): [child.tag for child in case] for case in suite}
    assert kinds == {"sine": [], "later": ["skipped"], "wrong": ["failure"], "sampled": ["skipped"],
                     "stuck": ["failure"], "hostile": ["error"], "label-twice": ["failure"]}  # fmt: skip
    assert "x = 1/2" in (suite[2][0].text or "")


def test_sarif_points_at_the_ledger_and_says_the_level(tmp_path: Path) -> None:
    run = json.loads(sarif(report(tmp_path), tmp_path))["runs"][0]
    shown = {one["ruleId"]: one for one in run["results"]}
    assert set(shown) == {"claim-refuted", "claim-numeric", "claim-undecided", "claim-refused", "label-twice"}
    assert [shown[f"claim-{name}"]["level"] for name in ("refuted", "numeric", "undecided")] == [
        "error", "warning", "warning",
    ]  # fmt: skip
    place = shown["claim-refuted"]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "claims.toml", "uriBaseId": "ROOT"}, "region": {"startLine": 20}}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(shown)
    assert all(run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.verdicts: list[str] = []
        self.external: list[str] = []
        self.labelled: set[str] = set()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.scripts += tag == "script"
        if values.get("data-verdict"):
            self.verdicts.append(str(values["data-verdict"]))
        self.external += [
            str(values[name]) for name in ("src", "href") if not str(values.get(name, "#")).startswith("#")
        ]
        self.labelled.add(str(values.get("aria-labelledby", "")))
        self.ids.add(str(values.get("id", "")))


def test_the_page_loads_nothing_escapes_everything_and_labels_its_parts(tmp_path: Path) -> None:
    text = html(report(tmp_path))
    page = _Page()
    page.feed(text)
    assert page.scripts == 1 and page.external == []
    assert page.verdicts == ["proved", "open", "refuted", "numeric", "undecided", "refused"]
    assert page.labelled <= page.ids | {""}
    assert "<math" in text and "samples: nothing is proved" in text
    assert text.index("Counterexample") > text.index('id="claim-wrong"')


def test_the_policy_of_the_page_allows_exactly_its_own_script(tmp_path: Path) -> None:
    import base64
    import hashlib

    text = html(report(tmp_path))
    script = text.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src &#x27;sha256-{digest}&#x27;" in text and "default-src &#x27;none&#x27;" in text


@pytest.mark.parametrize("write", [html, markdown, junit, sarif, badge])
def test_formats_are_deterministic_and_take_an_empty_report(write: object, tmp_path: Path) -> None:
    assert callable(write)
    assert write(report(tmp_path)) == write(report(tmp_path))
    assert write(Report((), ()))
