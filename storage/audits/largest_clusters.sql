-- Which rows did most others leave for, as duplicates?
SELECT duplicates.kept_id, any_value(fate.source) AS source, any_value(fate.source_id) AS source_id, count(*) AS left_for_it,
       string_agg(DISTINCT kind, ', ' ORDER BY kind) AS kinds, max(distance) AS farthest
FROM duplicates
JOIN fate ON fate.sample_id = duplicates.kept_id
GROUP BY duplicates.kept_id
ORDER BY left_for_it DESC, duplicates.kept_id
LIMIT 20;
