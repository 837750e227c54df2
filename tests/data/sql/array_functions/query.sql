SELECT cardinality(ARRAY[3, 1, 2]), element_at(ARRAY['a', 'b'], -1), array_sort(ARRAY[3, 1, 2]), array_distinct(ARRAY[1, 1, 2]), contains(ARRAY[1, 2], 2),
  array_join(ARRAY['a', 'b'], '-'), slice(ARRAY[1, 2, 3, 4], 2, 2), sequence(1, 4), flatten(ARRAY[ARRAY[1], ARRAY[2, 3]]), array_position(ARRAY['a'], 'z'), array_max(ARRAY[1, 5, 2])
