-- Every attachment and the file it names, voided ones too.
select id, file_name, sha256
from attachment
order by file_name, id;
