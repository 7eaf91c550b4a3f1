"""The sample years 示例数据: invented rows of ``data/demo``, loaded and removed in one action each.

Every row goes through the checks of its record type and is marked ``origin = 'sample'``. Removing
them refuses to pull the ground from under the office's own records: what those point at stays.
"""

from __future__ import annotations

import csv
import dataclasses
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import TYPE_CHECKING, Any, TypeVar

from drillbook.core import vocabulary
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import gettext as _
from drillbook.core.name_keys import name_key
from drillbook.core.paths import DATA
from drillbook.core.validation import cleaned
from drillbook.db import composed
from drillbook.db.audit_chain import Actor
from drillbook.db.engine import Row
from drillbook.db.reader import Reader
from drillbook.db.store import Store
from drillbook.db.transaction import Transaction, new_id
from drillbook.records import (
    corrective_actions,
    evaluations,
    findings,
    mechanisms,
    meetings,
    office_events,
    office_settings,
    plans,
    programmes,
    registry,
    revisions,
    sessions,
    teams,
    units,
)
from drillbook.records.plans import Plan, PlanRevision, PlanVersion
from drillbook.records.record_type import RecordType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
TextRow = dict[str, str]

FOLDER = DATA / "demo"
ORIGIN = "sample"
_READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


@dataclass(frozen=True)
class Removal:
    """What removing the sample years did, table → number of records.

    ``kept`` are those the office's own records point at; they are the office's own now.
    """

    removed: Mapping[str, int]
    kept: Mapping[str, int]


def is_loaded(store: Store) -> bool:
    """Say whether the register holds any sample record."""
    return any(row["sample_records"] for row in store.query("register_size"))


def load(store: Store, actor: Actor, today: date, source: str = "app") -> dict[str, int]:
    """Add the sample years in one transaction; return table → number of records added.

    Units, plans and teams that the register already knows by name are taken as they are.
    Raises DrillbookError when the sample years are loaded already, or do not fit in beside what
    the register holds; then nothing is added.
    """
    with store.write(actor, source) as tx:
        if _numbers(tx):
            raise DrillbookError(
                _("The sample years are already loaded. Remove them before loading them again.")
            )
        loading = _Loading(tx, today)
        loading.everything()
        tx.audit("sample_load", "register", "sample", after=loading.added, label=_("Sample years"))
    return loading.added


def remove(store: Store, actor: Actor, source: str = "app") -> Removal:
    """Delete the sample years with their lines and attachments in one transaction.

    A sample record that somebody changed is still a sample; one that the office's own records
    point at is kept and becomes the office's own, and so on for what that one points at.
    Raises DrillbookError when there is nothing to remove.
    """
    with store.write(actor, source) as tx:
        if not _numbers(tx):
            raise DrillbookError(_("There are no sample years in this register to remove."))
        kept = _adopt(tx)
        removed = _numbers(tx)
        for record_type in registry.in_order_of_removal():
            _delete(tx, record_type)
        tx.audit(
            "sample_remove",
            "register",
            "sample",
            before=removed,
            after=kept,
            label=_("Sample years"),
        )
    return Removal(removed, kept)


def _numbers(tx: Reader) -> dict[str, int]:
    rows = tx.query("register_size")
    return {r["subject_type"]: r["sample_records"] for r in rows if r["sample_records"]}


def _adopt(tx: Transaction) -> dict[str, int]:
    """Make the office's own what its records point at; return table → number of records."""
    kept: dict[str, int] = defaultdict(int)
    for row in tx.query("sample_kept"):
        tx.update(row["subject_type"], row["id"], {"origin": "entered"}, row["row_version"])
        kept[row["subject_type"]] += 1
    return dict(kept)


def _delete(tx: Transaction, record_type: RecordType[Any]) -> None:
    """Delete the sample records of one type with their lines, and the files of all of these."""
    table, origin = record_type.table, {"origin": ORIGIN}
    gone = {table: composed.of_origin(table)}
    for line in record_type.line_tables:
        gone[line.table] = composed.lines_of_these(line.table, line.owner_column, gone[line.owner])
    for subject in record_type.with_files:
        tx.execute(
            composed.delete_files_of_these(gone[subject]), origin | {"subject_type": subject}
        )
    # Lines of lines come last, and go first: they are found through these.
    for line in reversed(record_type.line_tables):
        owners = gone[line.owner]
        tx.execute(composed.delete_lines_of_these(line.table, line.owner_column, owners), origin)
    tx.execute(composed.delete_origin(table), origin)


# --- reading data/demo ------------------------------------------------------------------------


def rows(name: str) -> list[TextRow]:
    """Return the rows of one file of ``data/demo`` as text, column → cell."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grouped(name: str, column: str) -> dict[str, list[TextRow]]:
    """Return the rows of one file by what stands in ``column``, in the order of the file."""
    groups: dict[str, list[TextRow]] = defaultdict(list)
    for row in rows(name):
        groups[row[column]].append(row)
    return groups


def _read(kind: type[T], row: TextRow, **given: Any) -> T:
    """Make a record type of the cells named like its fields; an empty cell leaves the default."""
    cells = {
        spec.name: _READERS[str(spec.type).removesuffix(" | None")](row[spec.name])
        for spec in dataclasses.fields(kind)
        if spec.name not in given and row.get(spec.name)
    }
    return kind(**cells, **given)


@dataclass
class _Loading:
    """One loading: names in the files become ids of records as these are made."""

    tx: Transaction
    today: date
    added: dict[str, int] = field(default_factory=dict)
    unit_ids: dict[str, str] = field(default_factory=dict)
    plan_ids: dict[str, str] = field(default_factory=dict)
    team_ids: dict[str, str] = field(default_factory=dict)
    item_ids: dict[str, str] = field(default_factory=dict)
    session_ids: dict[str, str] = field(default_factory=dict)

    def everything(self) -> None:
        """Load all files, the records others point at first."""
        self.units()
        self.plans()
        self.teams()
        self.programmes()
        self.sessions()
        self.office_events()
        self.evaluations()
        self.findings()
        self.mechanisms()

    def units(self) -> None:
        known = self._known("known_units")
        new: dict[str, units.Unit] = {}
        for row in rows("units"):
            unit = _read(units.Unit, row, aliases=row["aliases"].replace("|", "\n"))
            found = [known[key] for key in map(name_key, unit.names()) if key in known]
            if found:
                self.unit_ids[unit.name] = found[0]
            else:
                new[unit.name] = unit
        self.unit_ids |= self._add(units.RECORD_TYPE, new)

    def plans(self) -> None:
        known = self._known("known_plans")
        versions, revised = grouped("plan_versions", "plan"), grouped("plan_revisions", "plan")
        assessments = grouped("plan_assessments", "plan")
        new: dict[str, Plan] = {}
        for row in rows("plans"):
            held = [_read(PlanVersion, v, id=new_id()) for v in versions[row["title"]]]
            new[row["title"]] = _read(
                Plan,
                row,
                lead_unit_id=self._unit(row["lead_unit"]),
                versions=tuple(held),
                revisions=tuple(self._revision(r, held) for r in revised[row["title"]]),
                assessments=tuple(
                    _read(plans.PlanAssessment, a) for a in assessments[row["title"]]
                ),
            )
        self.plan_ids = self._add_unknown(plans.RECORD_TYPE, new, known)
        self._stages({title: new[title] for title in new if name_key(title) not in known})

    def _revision(self, row: TextRow, versions: Sequence[PlanVersion]) -> PlanRevision:
        brought = [v.id for v in versions if str(v.version_number) == row["brought_version"]]
        return _read(
            PlanRevision,
            row,
            owner_unit_id=self._unit(row["owner_unit"]),
            finished_version_id=next(iter(brought), None),
            id=new_id(),
        )

    def _stages(self, added: Mapping[str, Plan]) -> None:
        """Add the stages of the plans' revisions; in the files a plan has one revision."""
        places = {code: n for n, code in enumerate(vocabulary.codes("revision_stage"))}
        lines = [
            dataclasses.asdict(
                _read(revisions.Stage, row, position=places[row["stage"]], id=new_id())
            )
            | {"revision_id": added[row["plan"]].revisions[0].id}
            for row in rows("revision_stages")
            if row["plan"] in added
        ]
        self.tx.add_rows("revision_stage", lines)

    def teams(self) -> None:
        known = self._known("known_teams")
        strength, equipment = grouped("team_strength", "team"), grouped("team_equipment", "team")
        trainings = grouped("team_trainings", "team")
        new = {
            row["name"]: _read(
                teams.Team,
                row,
                fields=row["fields"].replace("|", ","),
                parent_unit_id=self._unit(row["parent_unit"]),
                strength=tuple(_read(teams.TeamStrength, s) for s in strength[row["name"]]),
                equipment=tuple(_read(teams.TeamEquipment, e) for e in equipment[row["name"]]),
                trainings=tuple(_read(teams.TeamTraining, t) for t in trainings[row["name"]]),
            )
            for row in rows("teams")
        }
        self.team_ids = self._add_unknown(teams.RECORD_TYPE, new, known)

    def programmes(self) -> None:
        years = {row["year"]: _read(programmes.Programme, row) for row in rows("programmes")}
        programme_ids = self._add(programmes.PROGRAMMES, years)
        lines = grouped("planned_drill_units", "item")
        drills: dict[str, programmes.PlannedDrill] = {}
        for row in rows("planned_drills"):
            year, number = row["item"].split("-")
            drills[row["item"]] = _read(
                programmes.PlannedDrill,
                row,
                programme_id=programme_ids[year],
                number=int(number),
                plan_id=self._plan(row["plan"]),
                units=self._units(programmes.PlannedDrillUnit, lines[row["item"]]),
            )
        self.item_ids = self._add(programmes.RECORD_TYPE, drills)

    def sessions(self) -> None:
        lines, helpers = grouped("session_units", "session"), grouped("session_teams", "session")
        held = {
            row["session"]: _read(
                sessions.Session,
                row,
                planned_drill_id=self.item_ids[row["item"]] if row["item"] else None,
                plan_id=self._plan(row["plan"]),
                units=self._units(sessions.SessionUnit, lines[row["session"]]),
                teams=tuple(
                    _read(sessions.SessionTeam, line, team_id=self.team_ids[line["team"]])
                    for line in helpers[row["session"]]
                ),
            )
            for row in rows("sessions")
        }
        self.session_ids = self._add(sessions.RECORD_TYPE, held)

    def evaluations(self) -> None:
        scale = office_settings.load_in(self.tx).scale()
        given = {
            f"{row['session']}: {row['kind']}": evaluations.graded(
                _read(evaluations.Evaluation, row, session_id=self.session_ids[row["session"]]),
                scale,
            )
            for row in rows("session_evaluations")
        }
        self._add(evaluations.RECORD_TYPE, given)

    def findings(self) -> None:
        texts = rows("findings")
        given = {
            row["finding"]: _read(
                findings.Finding,
                row,
                session_id=self.session_ids[row["session"]],
                plan_id=self._plan(row["plan"]),
                plan_revision_id=self._revision_of(row["plan"], row["revision"]),
            )
            for row in texts
        }
        finding_ids = self._add(findings.RECORD_TYPE, given)
        taken = {
            f"{row['finding']}: {number}": _read(
                corrective_actions.Action,
                row,
                finding_id=finding_ids[row["finding"]],
                owner_unit_id=self._unit(row["owner_unit"]),
            )
            for number, row in enumerate(rows("corrective_actions"))
        }
        self._add(corrective_actions.RECORD_TYPE, taken)
        for finding_id in finding_ids.values():
            findings.after_save(self.tx, finding_id, self.today)

    def _revision_of(self, plan: str, started_on: str) -> str | None:
        found = self.tx.first(
            "revision_of_start", plan_id=self._plan(plan), started_on=started_on or None
        )
        return found["id"] if found else None

    def office_events(self) -> None:
        done = {
            str(number): _read(office_events.OfficeEvent, row)
            for number, row in enumerate(rows("office_events"))
        }
        self._add(office_events.RECORD_TYPE, done)

    def mechanisms(self) -> None:
        known = self._known("known_mechanisms")
        members = grouped("mechanism_members", "mechanism")
        new = {
            row["title"]: _read(
                mechanisms.Mechanism,
                row,
                members=self._units(mechanisms.MechanismMember, members[row["title"]]),
            )
            for row in rows("mechanisms")
        }
        mechanism_ids = self._add_unknown(mechanisms.RECORD_TYPE, new, known)
        held = {
            row["meeting"]: _read(
                meetings.Meeting, row, mechanism_id=mechanism_ids[row["mechanism"]]
            )
            for row in rows("meetings")
        }
        meeting_ids = self._add(meetings.MEETINGS, held)
        decided = {
            f"{row['meeting']}-{position}": _read(
                meetings.Decision,
                row,
                meeting_id=meeting_ids[row["meeting"]],
                owner_unit_id=self._unit(row["owner_unit"]),
                position=position,
            )
            for position, row in enumerate(rows("decisions"))
        }
        self._add(meetings.DECISIONS, decided)

    def _known(self, query_name: str) -> dict[str, str]:
        return {row["name_key"]: row["id"] for row in self.tx.query(query_name)}

    def _unit(self, name: str) -> str | None:
        return self.unit_ids[name] if name else None

    def _plan(self, title: str) -> str | None:
        return self.plan_ids[title] if title else None

    def _units(self, kind: type[T], lines: list[TextRow]) -> tuple[T, ...]:
        return tuple(
            _read(kind, line, unit_id=self.unit_ids[line["unit"]], position=position)
            for position, line in enumerate(lines)
        )

    def _add_unknown(
        self, record_type: RecordType[T], values: Mapping[str, T], known: Mapping[str, str]
    ) -> dict[str, str]:
        held = {name: known[name_key(name)] for name in values if name_key(name) in known}
        new = {name: value for name, value in values.items() if name not in held}
        return held | self._add(record_type, new)

    def _add(self, record_type: RecordType[T], values: Mapping[str, T]) -> dict[str, str]:
        """Check and add records in bulk; return the keys of ``values`` with the new ids."""
        clean = [cleaned(value) for value in values.values()]
        for key, value in zip(values, clean, strict=True):
            problems = record_type.check(self.tx, value, self.today)
            if problems:
                raise DrillbookError(
                    _("The sample years do not fit into this register: {name}: {reason}").format(
                        name=key, reason=next(iter(problems.values()))
                    )
                )
        lines: dict[str, list[list[Row]]] = defaultdict(list)
        for value in clean:
            for table, group in record_type.line_rows(value).items():
                lines[table].append(group)
        new = [record_type.row(value) | {"origin": ORIGIN} for value in clean]
        ids = self.tx.insert_many(record_type.table, new, lines)
        self.added[record_type.table] = len(ids)
        return dict(zip(values, ids, strict=True))
