SELECT `eventname` FROM logs
