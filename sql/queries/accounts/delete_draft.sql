-- Forget one visitor's half-typed form.
delete from draft
where owner = $owner and form = $form;
