-- No sample, program or picture may be released twice
SELECT 'sample_id' AS kind, sample_id AS value, count(*) AS rows FROM samples GROUP BY sample_id HAVING count(*) > 1
UNION ALL
SELECT 'code', code_sha256, count(*) FROM samples GROUP BY code_sha256, language HAVING count(*) > 1
UNION ALL
SELECT 'pixels', pixels_sha256, count(*) FROM samples GROUP BY pixels_sha256 HAVING count(*) > 1;
