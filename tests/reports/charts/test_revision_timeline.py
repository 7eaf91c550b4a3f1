"""The revisions on a line of time: what is drawn, in both languages, and what is said of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from drillbook.core.i18n import LANGUAGES
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.reports.charts import catalogue, revision_timeline

YEAR_END = date(2023, 12, 31)


def bars(store: Store, day: date = YEAR_END) -> list[Row]:
    return store.query(revision_timeline.QUERY, as_of=day, language="zh")


def test_each_language_has_its_prepared_specification_without_data() -> None:
    catalogue.prepare()
    zh, en = (json.dumps(revision_timeline.spec(code), ensure_ascii=False) for code in LANGUAGES)
    assert "计划" in zh
    assert "Planned" in en
    for text in (zh, en):
        assert '"datasets"' not in text
        assert '"currentColor"' in text
    assert revision_timeline.spec("zh") is revision_timeline.spec("zh")


def test_specification_is_valid_vega_lite() -> None:
    import altair

    altair.LayerChart.from_dict(revision_timeline.spec("zh") | {"data": {"values": []}})


def test_each_open_revision_has_ten_planned_bars_and_what_is_done_and_late(
    demo_store: Store,
) -> None:
    rows = bars(demo_store)
    assert len({row["id"] for row in rows}) == 6
    relief = [row for row in rows if row["title"] == "高区自然灾害救助应急预案"]
    counted = {s: sum(r["series"] == s for r in relief) for s in ("planned", "done", "late")}
    assert counted == {"planned": 10, "done": 4, "late": 1}
    (late,) = (row for row in relief if row["series"] == "late")
    assert (late["stage_label"], str(late["to_on"])) == ("评审", "2023-12-31")
    assert all(row["from_on"] <= row["to_on"] for row in rows)
    assert min(row["place"] for row in relief) == 1


def test_a_stage_done_after_the_day_is_not_drawn(demo_store: Store) -> None:
    rows = bars(demo_store, date(2023, 6, 30))
    assert max(row["to_on"] for row in rows if row["series"] == "done") <= date(2023, 6, 30)


@pytest.mark.usefixtures("zh")
def test_the_sentence_says_the_figures_of_the_view(demo_store: Store) -> None:
    figure: Any = demo_store.one("revision_figures", as_of=YEAR_END, first_day=date(2023, 1, 1))
    said = revision_timeline.sentence(figure, YEAR_END)
    assert "编修中6项" in said
    assert "超过完成时限1项" in said
    empty = revision_timeline.sentence({**figure, "open": 0}, YEAR_END)
    assert "没有预案" in empty
