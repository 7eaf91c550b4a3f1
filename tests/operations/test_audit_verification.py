"""The audit trail proves itself, and tells where it was changed."""

from __future__ import annotations

import pytest

from drillbook.db import audit_chain
from drillbook.db.store import Store
from drillbook.operations import audit_verification, data_checks
from tests.conftest import CLERK
from tests.people import add_session, add_unit
from tests.raw import raw


@pytest.fixture
def trailed(store: Store) -> Store:
    """A register with five lines in its trail."""
    for name in ("应急管理局", "消防救援大队", "教育分局", "第一小学", "第二小学"):
        add_unit(store, name)
    return store


def tamper(store: Store, sql: str) -> None:
    """Do what somebody with the file and a database program could do."""
    with raw(store) as cursor:
        cursor.execute(sql)


def broken_at(store: Store) -> list[int]:
    return [found.position for found in audit_verification.verify(store).breaks]


def test_an_untouched_trail_is_whole(trailed: Store) -> None:
    chain = audit_verification.verify(trailed)
    assert (chain.is_whole, chain.lines, chain.first, chain.last) == (True, 5, 1, 5)
    assert chain.short_head.replace(" ", "") == chain.head[:16]


def test_an_empty_trail_is_whole(store: Store) -> None:
    assert audit_verification.verify(store).is_whole


def test_a_trail_longer_than_one_batch_is_whole(
    trailed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verification, "BATCH", 2)
    assert audit_verification.verify(trailed).lines == 5
    assert audit_verification.verify(trailed).is_whole


@pytest.mark.parametrize(
    "change",
    [
        "after_json = replace(after_json, '教育', '体育')",
        "before_json = '{}'",
        "actor = '别人'",
        "happened_at = happened_at - interval 1 day",
        "address = '10.0.0.9'",
        "subject_label = 'x'",
        "account_id = 'x'",
        "redacted_at = happened_at",
        "content_hash = 'x'",
    ],
)
def test_a_changed_line_is_found_where_it_stands(trailed: Store, change: str) -> None:
    tamper(trailed, f"update audit_event set {change} where position = 3")
    assert set(broken_at(trailed)) == {3}


def test_a_line_taken_out_of_the_middle_is_found(trailed: Store) -> None:
    tamper(trailed, "delete from audit_event where position = 3")
    assert broken_at(trailed) == [4]


def test_lines_cut_off_at_the_end_are_found(trailed: Store) -> None:
    tamper(trailed, "delete from audit_event where position > 3")
    assert broken_at(trailed) == [3]


def test_a_trail_emptied_altogether_is_found(trailed: Store) -> None:
    tamper(trailed, "delete from audit_event")
    assert not audit_verification.verify(trailed).is_whole


def test_lines_taken_from_the_front_are_found_unless_a_line_says_so(trailed: Store) -> None:
    tamper(trailed, "delete from audit_event where position <= 2")
    assert broken_at(trailed) == [3]


def test_a_front_said_to_be_gone_must_end_in_the_hash_that_was_said(trailed: Store) -> None:
    with trailed.write(CLERK) as tx:
        tx.audit("expire", "audit_event", "x",
                 after={"last_position": 2, "last_chain_hash": "made up"})  # fmt: skip
    tamper(trailed, "delete from audit_event where position <= 2")
    assert broken_at(trailed) == [3]


def test_a_line_put_in_between_is_found(trailed: Store) -> None:
    tamper(
        trailed,
        "insert into audit_event select * replace (id || 'x' as id) from audit_event"
        " where position = 3",
    )
    assert broken_at(trailed) == [3]


def test_a_trail_forged_to_its_end_differs_from_the_head_kept_apart(trailed: Store) -> None:
    """Who rewrites all hashes still has to rewrite the head, and the paper it was copied to."""
    with raw(trailed) as cursor:
        row = cursor.execute(
            "select * from audit_event where position = 5"
        ).fetchdf().to_dict("records")[0]  # fmt: skip
        previous = cursor.execute("select chain_hash from audit_event where position = 4")
        before = previous.fetchone()
        assert before
        row["happened_at"] = row["happened_at"].to_pydatetime()
        forged = audit_chain.chain_hash(before[0], row | {"actor": "别人"})
        cursor.execute(
            "update audit_event set actor = '别人', chain_hash = $hash where position = 5",
            {"hash": forged},
        )
    assert broken_at(trailed) == [5]
    assert audit_verification.verify(trailed).broken == 1


def test_the_data_checks_and_verify_tell_of_a_broken_trail(trailed: Store, en: None) -> None:
    tamper(trailed, "update audit_event set actor = 'x' where position = 2")
    (found,) = [result for result in data_checks.run(trailed) if result.rows]
    assert (found.code, found.severity, found.label) == (
        "audit_chain",
        "error",
        "Audit log changed or incomplete",
    )
    assert found.rows[0]["label"].startswith("Line 2: The line, or the one before it, was changed")


def test_every_kind_of_record_without_a_line_is_found(store: Store) -> None:
    session_id = add_session(store, host=add_unit(store))
    tamper(
        store,
        "insert into attachment (id, subject_type, subject_id, file_name, media_type, size_bytes,"
        f" sha256, created_at, updated_at) values ('a', 'drill_session', '{session_id}', 'a.pdf',"
        " 'x', 1, 'x', timestamp '2024-01-01', timestamp '2024-01-01')",
    )
    tamper(store, "insert into office_setting values ('person_word', 'people')")
    tamper(
        store,
        "insert into account (id, login, name, role, created_at, updated_at) values ('k', 'k',"
        " '王敏', 'clerk', timestamp '2024-01-01', timestamp '2024-01-01')",
    )
    (found,) = [r.rows for r in data_checks.run(store) if r.code == "record_without_audit"]
    assert {row["subject_type"] for row in found} == {"attachment", "office_setting", "account"}
