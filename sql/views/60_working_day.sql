-- One row per day: whether it is a working day, and its running number among working days.
-- The office's corrections win; each shifts the numbers from its day on.
create or replace view working_day_shift as
with changed as (
    select
        official_day.day,
        correction.is_working,
        case when correction.is_working then 1 else 0 end - case when official_day.is_working then 1 else 0 end as shift
    from working_day_correction as correction
    inner join official_day on correction.day = official_day.day
    where correction.voided_at is null
),

final as (
    select
        day,
        is_working,
        cast(sum(shift) over (order by day) as integer) as shift,
        lead(day) over (order by day) as next_day
    from changed
)

select * from final;

create or replace view working_day as
select
    official_day.day,
    case when shifted.day = official_day.day then shifted.is_working else official_day.is_working end as is_working,
    official_day.is_announced or coalesce(shifted.day = official_day.day, false) as is_announced,
    official_day.number + coalesce(shifted.shift, 0) as number
from official_day
left join working_day_shift as shifted
    on shifted.day <= official_day.day and (shifted.next_day is null or shifted.next_day > official_day.day);
