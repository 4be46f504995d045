-- Every rejection that a stage counted must be in the rejects table, with a reason of that stage
SELECT stage, counted, found
FROM (SELECT stage, sum(rows_rejected)::BIGINT AS counted FROM stages GROUP BY stage) AS stages
FULL JOIN (SELECT stage, count(*) AS found FROM rejects WHERE reason LIKE split_part(stage, '_', 1) || '.%' GROUP BY stage) AS rejects
USING (stage)
WHERE coalesce(counted, 0) <> coalesce(found, 0);
