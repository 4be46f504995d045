-- The ten samples that took longest to render, rejected ones included
SELECT source, source_id, language, round(render_seconds::DOUBLE, 2) AS seconds, outcome
FROM (
    SELECT source, source_id, language, render_seconds, 'released' AS outcome FROM samples
    UNION ALL
    SELECT source, source_id, language, render_seconds, reason FROM rejects WHERE render_seconds IS NOT NULL
)
ORDER BY render_seconds DESC, source, source_id
LIMIT 10;
