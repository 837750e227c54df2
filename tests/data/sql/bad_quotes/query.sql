SELECT * FROM logs WHERE eventname = "ConsoleLogin"
