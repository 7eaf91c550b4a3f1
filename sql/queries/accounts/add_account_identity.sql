-- Bind an organisation's sign-in to an account.
insert into account_identity (issuer, subject, account_id)
values ($issuer, $subject, $account_id);
