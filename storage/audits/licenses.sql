-- Which licences are in the release
SELECT license, count(*) FILTER (task = 'direct') AS direct_rows, count(*) FILTER (task = 'refine') AS refinement_rows,
       count(DISTINCT source) AS sources
FROM samples
GROUP BY license
ORDER BY direct_rows DESC, license;
