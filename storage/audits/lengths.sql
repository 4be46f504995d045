-- Length of the code in characters and tokens, and size of the picture, of direct rows by domain
SELECT domain, count(*) AS rows, min(length(code)) AS shortest, median(length(code))::INT AS median,
       quantile_cont(length(code), 0.95)::INT AS p95, max(length(code)) AS longest,
       median(tokens)::INT AS median_tokens, max(tokens) AS most_tokens,
       median(image_width)::INT AS median_width, median(image_height)::INT AS median_height
FROM samples
WHERE task = 'direct'
GROUP BY domain
ORDER BY domain;
