-- The revisions as of a day in figures: those under way, and those that ended since $first_day.
select
    cast(coalesce(sum(case when status = 'open' then 1 else 0 end), 0) as integer) as open,
    cast(coalesce(sum(case when status = 'open' and lifecycle = 'drafting' then 1 else 0 end), 0) as integer) as new_plans,
    cast(coalesce(sum(is_late), 0) as integer) as late,
    cast(coalesce(sum(case when is_late = 0 and stages_late > 0 then 1 else 0 end), 0) as integer) as behind,
    cast(coalesce(max(days_late), 0) as integer) as days_late,
    cast(
        coalesce(sum(case when status = 'open' then stages_done + stages_skipped else 0 end), 0) as integer
    ) as stages_closed,
    cast(coalesce(sum(case when status = 'open' then stages_total else 0 end), 0) as integer) as stages_total,
    cast(coalesce(sum(case when status = 'open' then stages_planned else 0 end), 0) as integer) as stages_planned,
    cast(
        coalesce(sum(case when status = 'finished' and completed_on >= $first_day then 1 else 0 end), 0) as integer
    ) as finished,
    cast(
        coalesce(sum(case when status = 'abandoned' and completed_on >= $first_day then 1 else 0 end), 0) as integer
    ) as abandoned
from revision_fact
where as_of = $as_of;
