SELECT athena_now()
