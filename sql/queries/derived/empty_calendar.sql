-- Take every day out of the calendar, to fill it anew.
delete from calendar;
