-- At every stage and shard, rows in must be kept + rejected, less the rows that the stage made
SELECT stage, source, shard, rows_in, rows_made, rows_kept, rows_rejected
FROM stages
WHERE rows_in + rows_made <> rows_kept + rows_rejected;
