-- How much of each source was kept: direct rows of those collected; refinement rows are made beside them
SELECT name AS source, collected, released, round(100.0 * released / nullif(collected, 0), 1) AS percent,
       refined AS refinement_rows
FROM sources
WHERE available
ORDER BY source;
