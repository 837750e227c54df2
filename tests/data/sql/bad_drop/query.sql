DROP TABLE nothing
