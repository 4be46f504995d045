-- What one stage keeps of a shard must be what the next one takes in
SELECT here.stage AS from_stage, next.stage AS to_stage, here.source, here.shard, here.rows_kept, next.rows_in
FROM stages AS here
JOIN stages AS next ON next.position = here.position + 1 AND next.source = here.source AND next.shard = here.shard
WHERE here.rows_kept <> next.rows_in
UNION ALL
SELECT stage, 'samples', NULL, NULL, sum(rows_kept)::BIGINT, (SELECT count(*) FROM samples)
FROM stages
WHERE position = (SELECT max(position) FROM stages)
GROUP BY stage
HAVING sum(rows_kept) <> (SELECT count(*) FROM samples);
