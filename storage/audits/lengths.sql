-- Length of the code in characters, and size of the picture, by domain
SELECT domain, count(*) AS rows, min(length(code)) AS shortest, median(length(code))::INT AS median,
       quantile_cont(length(code), 0.95)::INT AS p95, max(length(code)) AS longest,
       median(image_width)::INT AS median_width, median(image_height)::INT AS median_height
FROM samples
GROUP BY domain
ORDER BY domain;
