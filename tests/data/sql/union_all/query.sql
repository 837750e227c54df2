SELECT eventname FROM logs WHERE eventname = 'SendCommand' UNION ALL SELECT 'x' UNION ALL (SELECT 'y') ORDER BY 1
