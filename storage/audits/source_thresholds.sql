-- How far may a render lie from its source's own picture, and how many were too far?
SELECT t.source, t.rows, t.learned, round(t.structure, 3) AS structure, round(t.detail, 3) AS detail, t.hash,
       round(t.color, 1) AS color, round(t.aspect, 3) AS aspect,
       round(t.missing, 3) AS missing, round(t.chroma, 1) AS chroma, count(r.sample_id) AS mismatches
FROM source_thresholds AS t
LEFT JOIN rejects AS r ON r.source = t.source AND r.reason = 'verify.mismatch'
GROUP BY ALL
ORDER BY t.source;
