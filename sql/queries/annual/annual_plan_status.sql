-- Contingency plans as of a day, repealed ones left out: one row for all (status and category are
-- null), one per status, and one per status and category.
with final as (
    select
        status,
        category,
        grouping(status) as all_statuses,
        grouping(category) as all_categories,
        count(*) as plans
    from plan_fact
    where as_of = $as_of and status <> 'repealed'
    group by grouping sets ((), (status), (status, category))
)

select * from final;
