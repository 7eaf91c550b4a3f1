"""The official sentence of the annual report, in the report's wording, from the year's figures.

Each number in it knows its figure, so that a reader can ask for the rows behind it. The sentence
never claims what is not recorded: a clause without records is left out, and a number that can be
read in two ways is worded in one way only until the office has decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import TypeAlias

from drillbook.core import vocabulary
from drillbook.core.head_counts import total_shown
from drillbook.core.i18n import gettext as _
from drillbook.core.i18n import language, ngettext
from drillbook.reports.annual_figures import NAMED_PLANS, AnnualStatistics, lower_first

NAMED_TEAMS = 3


@dataclass(frozen=True)
class Part:
    """A piece of the sentence; a number or name names the figure whose rows are behind it."""

    text: str
    figure: str | None = None


@dataclass(frozen=True)
class Sentence:
    """The sentence in parts; ``waiting`` names the office settings that would change it."""

    parts: tuple[Part, ...]
    waiting: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the whole sentence."""
        return "".join(part.text for part in self.parts)

    @property
    def numbers(self) -> tuple[Part, ...]:
        """Return the parts that have rows behind them."""
        return tuple(part for part in self.parts if part.figure)


Filling: TypeAlias = "str | Part | Sequence[Part]"


def official(statistics: AnnualStatistics) -> Sentence:
    """Return the official sentence in the language of this run."""
    clauses = [
        _plans_clause(statistics),
        _professional_clause(statistics),
        _programme_clause(statistics),
        _sessions_clause(statistics),
        _social_clause(statistics),
    ]
    parts: list[Part] = []
    for clause in filter(None, clauses):
        if parts and language() == "en":
            parts.append(Part(" "))
        parts += clause
    return Sentence(tuple(parts), tuple(_waiting(statistics)))


def day_shown(day: date) -> str:
    """Return a day in words, e.g. 2023年6月30日."""
    return _("{year}-{month:02d}-{day:02d}").format(year=day.year, month=day.month, day=day.day)


# --- clauses ---------------------------------------------------------------------------------


def _plans_clause(statistics: AnnualStatistics) -> list[Part]:
    revised = dict(statistics.revised_by_category)
    overall, special = revised.pop("overall", 0), revised.pop("special", 0)
    other = sum(revised.values())
    phrases = []
    if overall or special:
        phrases.append(_main_plans(statistics, overall, special))
    if other:
        phrases.append(_counted_plans(other, "other", bool(phrases)))
    if not phrases:
        return []
    plans = phrases[0]
    if len(phrases) > 1:
        plans = _fill(_("{plans}, and of {other}"), plans=plans, other=phrases[1])
    return _fill(_("Coordinated the drafting and revision of {plans}."), plans=plans)


def _counted_plans(number: int, category: str, is_further: bool = False) -> list[Part]:
    if category == "overall":
        template = ngettext("{number} overall plan", "{number} overall plans", number)
    elif is_further:
        template = ngettext("{number} other plan", "{number} other plans", number)
    else:
        template = ngettext("{number} plan", "{number} plans", number)
    return _fill(template, number=Part(str(number), f"{category}_plans_under_revision"))


def _main_plans(statistics: AnnualStatistics, overall: int, special: int) -> list[Part]:
    """Word the overall and the special plans under revision.

    总体应急预案和……等4个专项应急预案 is 1 + 4 to one reader and 4 in all to another: unless the
    office has decided, both are given a number of their own.
    """
    the_overall = [Part(_("the overall plan"), "overall_plans_under_revision")]
    if not special:
        return the_overall if overall == 1 else _counted_plans(overall, "overall")
    if not overall:
        return _special_plans(statistics, special)
    if special == 1 and overall == 1:
        specials = _special_plans(statistics, special)
        return _fill(_("{overall} and {special}"), overall=the_overall, special=specials)
    reading = statistics.settings.revision_reading
    if overall > 1 or not reading:
        names = _names(_plan_words(statistics), special, "special_plans_under_revision")
        template = ngettext(
            "{overall} and {number} special plan ({names})",
            "{overall} and {number} special plans ({names})",
            special,
        )
        number = Part(str(special), "special_plans_under_revision")
        counted = _counted_plans(overall, "overall")
        return _fill(template, overall=counted, number=number, names=names)
    if reading == "apart":
        specials = _special_plans(statistics, special)
        return _fill(_("{overall} and {special}"), overall=the_overall, special=specials)
    return _fill(
        _("{number} plans in all, among them {overall} and the special plans for {names}"),
        number=Part(str(overall + special), "main_plans_under_revision"),
        overall=the_overall,
        names=Part(_enumerated(_plan_words(statistics)), "special_plans_under_revision"),
    )


def _special_plans(statistics: AnnualStatistics, special: int) -> list[Part]:
    figure = "special_plans_under_revision"
    names = _names(_plan_words(statistics), special, figure)
    if special == 1:
        return _fill(_("the special plan for {names}"), names=names)
    number = Part(str(special), figure)
    return _fill(_("{number} special plans, for {names}"), number=number, names=names)


def _plan_words(statistics: AnnualStatistics) -> list[str]:
    return [plan.word for plan in statistics.named.special_plans]


def _names(words: Sequence[str], in_all: int, figure: str | None = None) -> list[Part]:
    """Return names as an enumeration, with 等 only where some are left out."""
    if len(words) >= in_all:
        return [Part(_enumerated(words), figure)]
    return _fill(_("{names} and others"), names=Part(_enumerated(words, is_open=True), figure))


def _professional_clause(statistics: AnnualStatistics) -> list[Part]:
    names = statistics.named.professional_teams
    figure = "professional_teams_founded"
    if not names:
        return []
    named = Part(_enumerated(names[:NAMED_TEAMS]), figure)
    if len(names) <= NAMED_TEAMS:
        return _fill(_("Set up {teams}."), teams=named)
    return _fill(
        _("Set up {number} professional rescue teams, among them {names}."),
        number=Part(str(len(names)), figure),
        names=named,
    )


def _programme_clause(statistics: AnnualStatistics) -> list[Part]:
    number = statistics.planned_drills
    district = _district(statistics)
    if not statistics.programme:
        return []
    if not number:
        return _fill(_("Drew up the emergency drill programme of {district}."), district=district)
    template = ngettext(
        "Drew up the emergency drill programme of {district}, which names the host unit and the"
        " division of responsibilities for {number} planned drill.",
        "Drew up the emergency drill programme of {district}, which names the host units and the"
        " division of responsibilities for {number} planned drills.",
        number,
    )
    return _fill(template, district=district, number=Part(str(number), "planned_drills"))


def _sessions_clause(statistics: AnnualStatistics) -> list[Part]:
    number = statistics.sessions
    if not number and not statistics.programme:
        return _fill(
            _("No drill programme and no drill session is on record for {year}."),
            year=str(statistics.year),
        )
    if not number:
        return _fill(
            _("No drill session is on record up to {day}."), day=day_shown(statistics.as_of)
        )
    sessions = Part(_("{number:,}").format(number=number), "sessions")
    if not statistics.participants:
        template = ngettext(
            "Held {sessions} emergency drill session.",
            "Held {sessions} emergency drill sessions of all kinds.",
            number,
        )
        return _fill(template, sessions=sessions)
    template = ngettext(
        "Held {sessions} emergency drill session with {people}.",
        "Held {sessions} emergency drill sessions of all kinds with {people}.",
        number,
    )
    return _fill(template, sessions=sessions, people=_people(statistics))


def _people(statistics: AnnualStatistics) -> list[Part]:
    total = statistics.participants
    number = Part(total_shown(total, statistics.is_inexact), "participants")
    if statistics.settings.person_word == "person_times":
        return _fill(ngettext("{number} attendance", "{number} attendances", total), number=number)
    return _fill(ngettext("{number} participant", "{number} participants", total), number=number)


def _social_clause(statistics: AnnualStatistics) -> list[Part]:
    kind = statistics.team_kind("social")
    if not kind.teams:
        return []
    named = statistics.named
    fields = [lower_first(vocabulary.label("team_field", code)) for code in named.social_fields]
    teams = _social_teams(kind.teams, fields, named.social_fields_in_all)
    # Teams of earlier years exist, but were not set up this year: both cannot be said in one word.
    template = _("Set up {teams}.") if kind.founded else _("{teams} stand ready.")
    return _fill(template, teams=teams)


def _social_teams(number: int, fields: Sequence[str], fields_in_all: int) -> list[Part]:
    counted = Part(str(number), "social_teams")
    if not fields:
        template = ngettext(
            "{number} professional team of social rescue forces",
            "{number} professional teams of social rescue forces",
            number,
        )
        return _fill(template, number=counted)
    if fields_in_all <= len(fields):
        template = ngettext(
            "{number} professional team of social rescue forces for {fields}",
            "{number} professional teams of social rescue forces for {fields}",
            number,
        )
    else:
        template = ngettext(
            "{number} professional team of social rescue forces for {fields} and other fields",
            "{number} professional teams of social rescue forces for {fields} and other fields",
            number,
        )
    named = _enumerated(fields, is_open=fields_in_all > len(fields))
    return _fill(template, number=counted, fields=named)


def _district(statistics: AnnualStatistics) -> str:
    office = statistics.settings
    given = office.district_zh if language() == "zh" else office.district_en
    return given or _("the whole district")


def _waiting(statistics: AnnualStatistics) -> Iterable[str]:
    office, revised = statistics.settings, statistics.revised_by_category
    special = revised.get("special", 0)
    if not office.revision_reading and revised.get("overall", 0) == 1 and special > 1:
        yield "revision_reading"
    if special > NAMED_PLANS and not office.named_plans:
        yield "named_plans"
    if not office.person_word and statistics.participants:
        yield "person_word"


# --- words -----------------------------------------------------------------------------------


def _fill(template: str, **fillings: Filling) -> list[Part]:
    """Put the fillings into a translated template, keeping what each of them measures."""
    parts: list[Part] = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        if text:
            parts.append(Part(text))
        if name is None:
            continue
        filling = fillings[name]
        if isinstance(filling, str):
            parts.append(Part(filling))
        else:
            parts += [filling] if isinstance(filling, Part) else filling
    return parts


def _enumerated(words: Sequence[str], is_open: bool = False) -> str:
    """Return 甲、乙、丙, or A, B and C; ``is_open`` leaves the "and" to what follows."""
    sentence = words[0] if words else ""
    for place, word in enumerate(words[1:], 2):
        if place == len(words) and not is_open:
            sentence = _("{front} and {last}").format(front=sentence, last=word)
        else:
            sentence = _("{front}, {next}").format(front=sentence, next=word)
    return sentence
