-- No sample may be released twice; no program, picture or flawed code twice for one task
SELECT 'sample_id' AS kind, sample_id AS value, count(*) AS rows FROM samples GROUP BY sample_id HAVING count(*) > 1
UNION ALL
SELECT 'code', code_sha256, count(*) FROM samples WHERE task = 'direct' GROUP BY code_sha256, language HAVING count(*) > 1
UNION ALL
SELECT 'pixels', pixels_sha256, count(*) FROM samples WHERE task = 'direct' GROUP BY pixels_sha256 HAVING count(*) > 1
UNION ALL
SELECT 'flawed_code', min(sample_id), count(*) FROM samples WHERE task = 'refine' GROUP BY flawed_code, code_sha256 HAVING count(*) > 1;
