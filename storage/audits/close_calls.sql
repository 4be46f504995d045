-- Which rejected rows lie closest to the bound that decided, by reason?
SELECT reason, source, source_id, value, bound, round(abs(value - bound) / nullif(abs(bound), 0), 4) AS beyond
FROM rejects
WHERE bound IS NOT NULL AND value IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY reason ORDER BY abs(value - bound) / nullif(abs(bound), 0), sample_id) <= 5
ORDER BY reason, beyond, source, source_id;
