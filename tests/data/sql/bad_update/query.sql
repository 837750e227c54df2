UPDATE logs SET eventname = 'x'
