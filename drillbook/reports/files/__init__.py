"""Files that leave the house: workbooks, CSV and calendars, laid out from the figures."""
