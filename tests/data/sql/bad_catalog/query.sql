SELECT * FROM hive.default.logs
