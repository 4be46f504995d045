-- How many rows of each domain and language were released, and how many rejected?
SELECT domain, language, count(*) FILTER (fate = 'direct') AS direct_rows,
       count(*) FILTER (fate = 'refine') AS refinement_rows, count(*) FILTER (fate = 'rejected') AS rejected
FROM (
    SELECT domain, language, task AS fate FROM samples
    UNION ALL
    SELECT domain, language, 'rejected' FROM rejects
)
GROUP BY ALL
ORDER BY domain, direct_rows DESC, language;
