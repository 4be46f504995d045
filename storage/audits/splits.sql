-- How are the splits made up, in rows and tokens?
SELECT split, domain, task, count(*) AS rows, sum(tokens)::BIGINT AS tokens, count(DISTINCT cluster_id) AS clusters
FROM samples
GROUP BY ALL
ORDER BY split, domain, task;
