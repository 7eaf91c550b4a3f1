"""Parts of screens that know no record type: navigation, lists, forms, tables, chart cards."""
