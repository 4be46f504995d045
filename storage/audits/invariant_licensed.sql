-- Every released sample must have a licence, and an instruction with one image tag
SELECT sample_id, license, instruction
FROM samples
WHERE coalesce(trim(license), '') = '' OR len(string_split(instruction, '<image>')) <> 2;
