-- One visitor's half-typed form, or no row.
select values_json, updated_at
from draft
where owner = $owner and form = $form;
