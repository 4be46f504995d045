-- Which errors are behind the rejected rows?
SELECT reason, error_class, count(*) AS rows, count(DISTINCT source) AS sources, min(detail) AS for_example
FROM rejects
WHERE error_class IS NOT NULL
GROUP BY ALL
ORDER BY rows DESC, reason, error_class
LIMIT 50;
