-- What the versions of libraries cost: names that today's or the source's libraries lack, rows saved by others, rows lost,
-- and rows drawn by libraries that are known to answer a call of theirs otherwise than others
WITH noted AS (
    SELECT source, stack, unnest(render_notes) AS note
    FROM samples
    WHERE task = 'direct'
),
named AS (
    SELECT source, stack AS drawn_on, note[14:] AS words, starts_with(note, 'removed_name:') AS saved, false AS lost
    FROM noted
    WHERE starts_with(note, 'removed_name:') OR starts_with(note, 'changed_call:')
    UNION ALL
    SELECT source, NULL, error_class || ' ' || coalesce(regexp_extract(detail, ' (?:since|with) \S+ ([0-9.]+[0-9])', 1), ''), false, true
    FROM rejects
    WHERE reason = 'render.removed_name'
)
SELECT split_part(words, ' ', 1) AS library, regexp_extract(words, '^\S+ (.*?)( [0-9][0-9.]*| )?$', 1) AS name,
       nullif(regexp_extract(words, ' ([0-9][0-9.]*)$', 1), '') AS since, source, drawn_on,
       count_if(saved) AS rows_saved, count_if(lost) AS rows_lost, count_if(NOT saved AND NOT lost) AS rows_changed
FROM named
GROUP BY ALL
ORDER BY rows_lost DESC, rows_saved DESC, rows_changed DESC, library, name, source, drawn_on;
