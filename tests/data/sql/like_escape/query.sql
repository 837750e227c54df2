SELECT eventname FROM logs WHERE eventname LIKE '%Security%' AND useragent LIKE 'AWS\_%' ESCAPE '\' OR eventname LIKE 'List_sers'
