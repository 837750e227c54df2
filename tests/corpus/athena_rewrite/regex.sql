SELECT regexp_like(useragent, '^aws-cli/'), regexp_extract(useragent, 'command#(\S+)', 1), regexp_extract('abc', 'z'), regexp_replace('a1b22', '\d+', '#'), regexp_replace('2025-10-15', '(\d+)-(\d+)-(\d+)', '$3.$2.$1'), regexp_extract_all('a1b22', '\d+'), regexp_split('a, b', ',\s*'), regexp_replace('abc', 'b')
FROM logs WHERE eventname = 'ListUsers'
