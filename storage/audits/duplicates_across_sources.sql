-- Duplicates by kind and by the pair of sources they join
SELECT kind, removed.source AS removed_from, coalesce(kept.source, 'a row removed later') AS kept_in, count(*) AS rows
FROM duplicates
JOIN rejects AS removed ON removed.sample_id = removed_id AND removed.stage LIKE 'dedup%'
LEFT JOIN samples AS kept ON kept.sample_id = kept_id
GROUP BY ALL
ORDER BY rows DESC, kind, removed_from, kept_in;
