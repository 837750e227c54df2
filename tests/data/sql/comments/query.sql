-- who did it?
SELECT eventname /* the name */ FROM logs -- the lot
WHERE eventname = 'SendCommand' -- done
;
