-- Where did the time go? Core seconds of all shards, and wall seconds of the build that published
SELECT stages.stage, count(*) AS shards, round(sum(seconds), 1) AS core_seconds, round(any_value(wall_seconds), 1) AS wall_seconds,
       round(max(seconds), 1) AS slowest_shard, round(sum(rows_in) / nullif(sum(seconds), 0), 1) AS rows_a_core_second
FROM stages
LEFT JOIN stage_times USING (stage)
GROUP BY stages.stage
ORDER BY min(stages.position);
