-- Every row collected or made must be a released sample or a reject
SELECT source, collected, made, released, rejected
FROM (SELECT source, sum(rows_in)::BIGINT AS collected FROM stages WHERE position = 0 GROUP BY source)
LEFT JOIN (SELECT source, sum(rows_made)::BIGINT AS made FROM stages GROUP BY source) USING (source)
LEFT JOIN (SELECT source, count(*) AS released FROM samples GROUP BY source) USING (source)
LEFT JOIN (SELECT source, count(*) AS rejected FROM rejects GROUP BY source) USING (source)
WHERE collected + made <> coalesce(released, 0) + coalesce(rejected, 0);
