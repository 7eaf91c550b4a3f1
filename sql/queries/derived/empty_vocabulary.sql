-- Take every term out of the code lists, to fill them anew.
delete from vocabulary;
