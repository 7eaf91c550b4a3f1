-- Every account, voided or not: whether there is one.
select id
from account;
