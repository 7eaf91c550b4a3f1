-- The files that attachments name, by their SHA-256, each once.
select distinct sha256
from attachment;
