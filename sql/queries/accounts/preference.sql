-- What one visitor chose: one value by name, or no row.
select value
from preference
where owner = $owner and name = $name;
