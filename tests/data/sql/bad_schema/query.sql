SELECT * FROM other.logs
