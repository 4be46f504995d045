-- At every stage and shard, rows in must be kept + rejected
SELECT stage, source, shard, rows_in, rows_kept, rows_rejected
FROM stages
WHERE rows_in <> rows_kept + rows_rejected;
