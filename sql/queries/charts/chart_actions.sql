-- Corrective actions that are not done on a day, by owner unit: the $top units with most of them.
-- code is the unit, or unit.late; value counts the row, total all of the unit's.
with action as (
    select owner_unit_id, owner_unit, is_late
    from action_fact
    where as_of = $as_of and is_open = 1
),

unit_counted as (
    select
        owner_unit_id,
        owner_unit,
        count(*) as total,
        cast(sum(is_late) as bigint) as late,
        row_number() over (order by sum(is_late) desc, count(*) desc, owner_unit, owner_unit_id) as place
    from action
    group by owner_unit_id, owner_unit
),

lateness as (
    select 'on_time' as code, '' as suffix, '' as label, 0 as position
    union all
    select 'late', '.late', label, 1
    from vocabulary_label
    where kind = 'due_state' and code = 'late' and language = $language
),

final as (
    select
        unit_counted.owner_unit_id || lateness.suffix as code,
        case
            when lateness.code = 'late' then unit_counted.owner_unit || ' · ' || lateness.label
            else unit_counted.owner_unit
        end as label,
        unit_counted.owner_unit_id as status,
        unit_counted.owner_unit as status_label,
        unit_counted.place * 2 + lateness.position as position,
        lateness.code as lateness,
        case
            when lateness.code = 'late' then unit_counted.late
            else unit_counted.total - unit_counted.late
        end as value,
        case when lateness.code = 'late' then unit_counted.late else unit_counted.total end as total
    from unit_counted
    cross join lateness
    where
        unit_counted.place <= $top
        and (lateness.code = 'on_time' or unit_counted.late > 0)
)

select * from final order by position;
