COPY logs TO '/tmp/x.csv'
