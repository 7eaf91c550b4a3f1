-- Rules with their validity, filtered; $standing asks how each stands as of a day.
with final as (
    select
        id,
        code,
        subject,
        applies_to,
        measure,
        interval_count,
        interval_unit,
        severity,
        citation,
        text,
        effective_from,
        effective_to,
        not is_text_verified as is_unverified,
        origin,
        updated_at,
        case
            when is_switched_off then 'off'
            when effective_to < cast($as_of as date) then 'ended'
            when effective_from > cast($as_of as date) then 'coming'
            else 'in_force'
        end as standing
    from rule
    where voided_at is null
)

select * from final
where
    (cast($standing as varchar) is null or standing = $standing)
    and (cast($subject as varchar) is null or subject = $subject)
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(code || ' ' || citation || ' ' || text)) > 0
    );
