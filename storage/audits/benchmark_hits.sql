-- Which rows were left out because they are like an item of a benchmark?
SELECT source, source_id, domain, detail, value, bound
FROM rejects
WHERE reason = 'decontaminate.benchmark'
ORDER BY source, source_id;
