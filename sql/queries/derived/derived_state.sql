-- What each part that is made anew was made from.
select name, fingerprint
from derived_state;
