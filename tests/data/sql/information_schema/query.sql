SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'logs' AND column_name LIKE 'event%'
