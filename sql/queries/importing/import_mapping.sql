-- Which column is which field in tables with a header seen before: mapping_json.
select mapping_json
from import_mapping
where header_key = $header_key;
