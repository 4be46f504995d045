-- How hard are the refinement rows, by maker and domain?
SELECT domain, flaw_maker, difficulty, count(*) AS rows, count(*) FILTER (flaw_error IS NOT NULL) AS not_drawn,
       round(avg(flaw_similarity), 3) AS mean_similarity
FROM samples
WHERE task = 'refine'
GROUP BY ALL
ORDER BY domain, flaw_maker, difficulty;
