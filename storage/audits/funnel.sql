-- What each stage let through
SELECT stage, sum(rows_in)::BIGINT AS rows_in, sum(rows_made)::BIGINT AS rows_made, sum(rows_kept)::BIGINT AS rows_kept,
       sum(rows_rejected)::BIGINT AS rows_rejected, round(sum(seconds), 1) AS core_seconds
FROM stages
GROUP BY stage
ORDER BY min(position);
