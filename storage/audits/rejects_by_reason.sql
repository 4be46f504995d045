-- Why rows were rejected, by stage, reason and source
SELECT stage, reason, source, count(*) AS rows
FROM rejects
GROUP BY ALL
ORDER BY rows DESC, stage, reason, source;
