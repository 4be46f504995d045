-- Which licences are in the release
SELECT license, count(*) AS rows, count(DISTINCT source) AS sources
FROM samples
GROUP BY license
ORDER BY rows DESC, license;
