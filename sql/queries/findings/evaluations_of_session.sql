-- The evaluations of one session, the oldest first.
select
    id,
    kind,
    evaluated_on,
    evaluator,
    score,
    grade,
    conclusion,
    row_version
from session_evaluation
where session_id = $session_id and voided_at is null
order by evaluated_on, id;
