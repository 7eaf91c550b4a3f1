-- The secret that signs the cookies.
select value
from access_secret
where name = 'cookie';
