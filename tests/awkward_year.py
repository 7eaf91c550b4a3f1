"""One year with every awkward value, for tests of figures, workbook and CSV."""

from __future__ import annotations

from datetime import date

from drillbook.db.store import Store
from drillbook.records import plans, programmes, sessions, teams
from tests.people import (
    CLERK,
    TODAY,
    add_plan,
    add_planned_drill,
    add_programme,
    add_session,
    add_team,
    add_unit,
)

AS_OF = date(2023, 12, 31)
FORMULAS = ("=1+1", "+86", "-2+3", "@SUM(A1)", '=HYPERLINK("http://e.example","x")')
HTML = "<script>alert(1)</script><b>粗</b>"
EMOJI = "🔥消防🚒演练"
LONG_DUTY = "组织疏散。" * 990


def fill(store: Store) -> None:
    """Put the awkward year 2023 into an empty register."""
    first = add_unit(store, "应急管理局")
    second = add_unit(store, FORMULAS[0])
    others = [add_unit(store, f"第{number}小学") for number in range(8)]
    plan = add_plan(store, HTML, event_class="natural_disaster")
    _add_programmes(store, first, second, others, plan)
    _add_sessions(store, first, second)
    _add_plans_and_teams(store)


def _add_programmes(store: Store, first: str, second: str, others: list[str], plan: str) -> None:
    programme = add_programme(store)
    line = programmes.PlannedDrillUnit
    hosts = (line(first, "host", "总指挥", 0), line(second, "host", FORMULAS[2], 1))
    schools = tuple(line(u, "participant", LONG_DUTY, n + 2) for n, u in enumerate(others))
    drill = add_planned_drill(
        store, programme, EMOJI, number=1, units=(*hosts, *schools), target_sessions=2, plan_id=plan
    )
    add_planned_drill(store, programme, FORMULAS[3], number=2, due_to=date(2023, 3, 31))
    add_planned_drill(store, programme, "已取消", number=3, cancelled_on=date(2023, 5, 1))
    voided = add_planned_drill(store, programme, "已作废", number=4)
    programmes.RECORD_TYPE.void(store, voided, "重复", 1, actor=CLERK)
    old = add_planned_drill(store, add_programme(store, 2022), "上年项目", number=1)
    both = (sessions.SessionUnit(first), sessions.SessionUnit(second, position=1))
    add_session(store, EMOJI, date(2023, 6, 1), planned_drill_id=drill, units=both, participants=40)
    # Held early for this year's programme, and late for last year's: each counts in its own year.
    add_session(store, "提前开展", date(2022, 12, 20), planned_drill_id=drill, participants=11)
    add_session(store, "补做上年", date(2023, 1, 9), planned_drill_id=old, participants=12)


def _add_sessions(store: Store, first: str, second: str) -> None:
    for number, formula in enumerate(FORMULAS):
        add_session(
            store, formula, date(2023, 2, 1 + number), second, summary=formula, place=formula
        )
    add_session(store, HTML, date(2023, 3, 1), first, None, form="tabletop")
    add_session(store, "约", date(2023, 3, 2), first, 100, participants_kind="approximate")
    add_session(store, "余", date(2023, 3, 3), first, 50, participants_kind="over")
    add_session(store, "只知月份", date(2023, 4, 1), first, 0, held_on_precision="month")
    add_session(store, "长文", date(2023, 7, 1), summary="长" * 5000, form="operational")
    add_session(
        store, "有观摩", date(2023, 8, 1), first, 7, observers=5, observers_kind="exact",
        support=3, support_kind="over", event_class="accident_disaster", hazard="fire",
    )  # fmt: skip
    add_session(store, "年末", date(2023, 12, 31), first, 1)
    add_session(store, "次年", date(2024, 1, 1), first, 1000)
    add_session(store, "上年", date(2022, 6, 1), first, 500)
    voided = add_session(store, "作废", date(2023, 6, 2), first, 5000)
    sessions.RECORD_TYPE.void(store, voided, "误录", 1, actor=CLERK)


def _add_plans_and_teams(store: Store) -> None:
    revision = plans.PlanRevision(started_on=date(2023, 3, 1), target_on=date(2024, 6, 1))
    add_plan(store, "总体应急预案", category="overall", revisions=(revision,))
    for title, hazard in (("地震应急预案", "earthquake"), ("森林防火应急预案", "forest_fire")):
        add_plan(store, title, event_class="natural_disaster", hazard=hazard, revisions=(revision,))
    add_plan(store, "已废止预案", lifecycle="repealed", repealed_on=date(2023, 1, 1))
    for number in range(3):
        add_team(
            store, f"海上搜救{number}队", fields="maritime_rescue", founded_on=date(2023, 5, 1),
            duty_phone="0631-5550123", strength=(teams.TeamStrength(date(2023, 6, 1), 20),),
        )  # fmt: skip
    add_team(store, FORMULAS[4], kind="professional", founded_on=date(2023, 9, 1))
    add_team(store, "次年成立", founded_on=date(2024, 1, 1))


__all__ = ["AS_OF", "EMOJI", "FORMULAS", "HTML", "LONG_DUTY", "TODAY", "fill"]
