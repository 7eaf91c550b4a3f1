-- The account an organisation's sign-in belongs to.
select account_id
from account_identity
where issuer = $issuer and subject = $subject;
