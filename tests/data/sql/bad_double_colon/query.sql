SELECT 1::varchar
