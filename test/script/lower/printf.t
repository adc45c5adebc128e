# A record is a number and values.
-- script
begin { printf("hi %d\n", 1); exit(); }
