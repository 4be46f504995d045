-- No picture, program, or cluster of near-duplicates may be on both sides of the split
SELECT 'pixels' AS kind, pixels_sha256 AS digest, count(*) AS rows FROM samples GROUP BY pixels_sha256 HAVING count(DISTINCT split) > 1
UNION ALL
SELECT 'code', code_sha256, count(*) FROM samples GROUP BY code_sha256 HAVING count(DISTINCT split) > 1
UNION ALL
SELECT 'cluster', cluster_id, count(*) FROM samples GROUP BY cluster_id HAVING count(DISTINCT split) > 1;
