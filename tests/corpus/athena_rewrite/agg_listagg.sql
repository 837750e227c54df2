SELECT listagg(eventname, ', ') WITHIN GROUP (ORDER BY eventtime) AS story FROM logs WHERE useridentity.username = 'chaos'
