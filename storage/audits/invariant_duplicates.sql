-- Who left as a duplicate left for a row that stayed in that stage; a flaw is in the cluster of its target
WITH by_stage AS (
    SELECT *, kind IN ('same_row', 'exact_code') AS before_rendering FROM duplicates
)
SELECT one.kind, one.removed_id, one.kept_id, 'the kept row left in the same stage' AS fault
FROM by_stage AS one
JOIN by_stage AS other ON other.removed_id = one.kept_id AND other.before_rendering = one.before_rendering
WHERE one.kept_id <> one.removed_id AND other.kind <> 'same_row'
UNION ALL
SELECT kind, removed_id, kept_id, 'the kept row is unknown'
FROM duplicates
WHERE kept_id NOT IN (SELECT sample_id FROM samples) AND kept_id NOT IN (SELECT sample_id FROM rejects)
UNION ALL
SELECT 'refine', refined.sample_id, target.sample_id, 'another cluster than the target'
FROM samples AS refined
JOIN samples AS target ON target.sample_id = refined.target_id
WHERE refined.cluster_id <> target.cluster_id;
