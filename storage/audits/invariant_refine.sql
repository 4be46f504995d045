-- A refinement sample must show flawed code that differs from the answer, name its maker, and count as a flaw
SELECT sample_id, task, flaw_maker, flaw_similarity, flaw_error
FROM samples
WHERE (task = 'refine' AND (flawed_code IS NULL OR flawed_code = code OR flaw_maker IS NULL OR target_id IS NULL
                            OR (flaw_similarity IS NULL) = (flaw_error IS NULL)
                            OR position(trim(flawed_code, chr(10) || ' ') IN instruction) = 0))
   OR (task <> 'refine' AND (flawed_code IS NOT NULL OR target_id IS NOT NULL));
