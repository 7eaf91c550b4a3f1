-- The account with a login, voided or not.
select id
from account
where login = $login;
