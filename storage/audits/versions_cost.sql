-- What the versions of libraries cost: names that today's or the source's libraries lack, rows saved by others, rows lost
WITH saved AS (
    SELECT source, stack, unnest(list_filter(render_notes, lambda note: starts_with(note, 'removed_name:'))) AS note
    FROM samples
    WHERE task = 'direct'
),
named AS (
    SELECT source, stack AS drawn_on, note[14:] AS words, 1 AS saved, 0 AS lost
    FROM saved
    UNION ALL
    SELECT source, NULL, error_class || ' ' || coalesce(regexp_extract(detail, ' (?:since|with) \S+ ([0-9.]+[0-9])', 1), ''), 0, 1
    FROM rejects
    WHERE reason = 'render.removed_name'
)
SELECT split_part(words, ' ', 1) AS library, split_part(words, ' ', 2) AS name,
       nullif(split_part(words, ' ', 3), '') AS since, source, drawn_on,
       sum(saved)::BIGINT AS rows_saved, sum(lost)::BIGINT AS rows_lost
FROM named
GROUP BY ALL
ORDER BY rows_lost DESC, rows_saved DESC, library, name, source, drawn_on;
