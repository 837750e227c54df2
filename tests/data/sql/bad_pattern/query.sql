SELECT date_format(now(), '%Q')
