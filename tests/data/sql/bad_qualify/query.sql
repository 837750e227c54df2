SELECT eventname FROM logs QUALIFY row_number() OVER () = 1
