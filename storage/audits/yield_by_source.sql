-- How much of each source was kept
SELECT source, collected, released, round(100.0 * released / nullif(collected, 0), 1) AS percent
FROM (SELECT name AS source, collected, released FROM sources WHERE available)
ORDER BY source;
