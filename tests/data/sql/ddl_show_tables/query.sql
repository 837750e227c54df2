SHOW TABLES IN default 'cloudtrail*'
