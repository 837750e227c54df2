SELECT array_join(array_agg(DISTINCT sourceipaddress), ',') FROM logs WHERE useridentity.username = 'chaos'
