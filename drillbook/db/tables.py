"""What the store knows of tables: which hold lines of records, and which column names a row."""

from __future__ import annotations

# The rows that belong to a record: table → the column that names the record.
LINES = {
    "unit_name": "unit_id",
    "plan_version": "plan_id",
    "plan_revision": "plan_id",
    "plan_assessment": "plan_id",
    "revision_stage": "revision_id",
    "planned_drill_unit": "planned_drill_id",
    "session_unit": "session_id",
    "session_team": "session_id",
    "team_strength": "team_id",
    "team_equipment": "team_id",
    "team_training": "team_id",
    "mechanism_member": "mechanism_id",
}
KEPT_LINE_IDS = {table for table in LINES if table != "unit_name"}
LABEL_COLUMNS = ("name", "title", "file_name", "code", "document", "reason", "text", "evaluator")
