-- The years that have a programme or drill sessions, the latest first.
with final as (
    select year
    from programme
    where voided_at is null
    union
    select held_year as year
    from session_fact
)

select year from final order by year desc;
