-- Which revision of each source was read, and which sources were not there?
SELECT name, available, revision, license, origin, note
FROM sources
ORDER BY NOT available, name;
