SELECT try(1 / 0), coalesce(try(CAST('x' AS bigint)), -1)
