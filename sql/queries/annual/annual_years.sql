-- The years that have a programme or a session, the latest first.
with final as (
    select held_year as year from session_fact
    union
    select year from programme where voided_at is null
)

select year from final
order by year desc;
