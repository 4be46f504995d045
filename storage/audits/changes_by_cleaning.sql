-- What cleaning changed in the code of released rows
SELECT change, count(*) AS rows, count(DISTINCT source) AS sources
FROM (SELECT source, unnest(changes) AS change FROM samples WHERE task = 'direct')
GROUP BY change
ORDER BY rows DESC, change
LIMIT 50;
