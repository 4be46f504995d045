-- What came of each kind of fault that was tried for refinement samples
SELECT array_to_string(kinds, '+') AS kinds, count(*) AS tried, count(*) FILTER (outcome = 'differs') AS differs, count(*) FILTER (outcome = 'fails') AS fails,
       count(*) FILTER (outcome = 'same') AS same, round(avg(similarity) FILTER (outcome = 'differs'), 3) AS mean_similarity
FROM flaws
GROUP BY ALL
ORDER BY tried DESC, kinds;
