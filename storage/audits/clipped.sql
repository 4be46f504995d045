-- Of how many released pictures is content cut off at the border? (null: not measurable)
SELECT source, domain, count(*) AS rows, count(clipped) AS measured, count(*) FILTER (clipped > 0) AS clipped,
       round(max(clipped), 3) AS largest_share
FROM samples
WHERE task = 'direct'
GROUP BY ALL
ORDER BY clipped DESC, source;
