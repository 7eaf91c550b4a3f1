-- Whether any live record is an invented one of the sample year.
with final as (
    select origin from unit where voided_at is null
    union all
    select origin from plan where voided_at is null
    union all
    select origin from planned_drill where voided_at is null
    union all
    select origin from drill_session where voided_at is null
    union all
    select origin from team where voided_at is null
)

select count(*) as sample_records from final where origin = 'sample';
