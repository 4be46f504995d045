-- The twenty released programs with the most tokens
SELECT source, source_id, language, task, tokens, length(code) AS characters, image_width, image_height
FROM samples
ORDER BY tokens DESC, sample_id
LIMIT 20;
