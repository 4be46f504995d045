#!/usr/bin/env bash
# mlcroissant 1.1.1 (with pandas 3.0.3, pyarrow 23.0.1): a dataset may give the media type of its Parquet
# files as `application/vnd.apache.parquet`, the one that IANA registered in 2024. One would expect its rows.
# The description loads without an error or a warning about it, and reading rows fails: "None of the provided
# encoding formats ... returned a valid pandas dataframe". With the unregistered `application/x-parquet`, the
# same file is read.
# It matters here because a release's croissant.json would validate and then give no row.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q --disable-pip-version-check mlcroissant==1.1.1 pandas==3.0.3 pyarrow==23.0.1 2>/dev/null
cd "$folder"
cat >read.py <<'PYTHON'
import hashlib, json, logging, pandas, mlcroissant
logging.disable()
pandas.DataFrame({"code": ["a", "b"]}).to_parquet("rows.parquet")
digest = hashlib.sha256(open("rows.parquet", "rb").read()).hexdigest()
def rows(media_type):
    described = {
        "@context": {"@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "dct": "http://purl.org/dc/terms/",
            "cr": "http://mlcommons.org/croissant/", "conformsTo": "dct:conformsTo", "recordSet": "cr:recordSet",
            "field": "cr:field", "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "source": "cr:source",
            "fileObject": "cr:fileObject", "extract": "cr:extract", "column": "cr:column"},
        "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1", "name": "rows", "version": "1.0.0",
        "description": "two rows", "license": "CC0-1.0", "distribution": [{"@type": "cr:FileObject", "@id": "file",
            "name": "file", "contentUrl": "rows.parquet", "encodingFormat": media_type, "sha256": digest}],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "all", "name": "all", "field": [{"@type": "cr:Field",
            "@id": "all/code", "name": "code", "dataType": "sc:Text",
            "source": {"fileObject": {"@id": "file"}, "extract": {"column": "code"}}}]}],
    }
    with open("croissant.json", "w") as file:
        json.dump(described, file)
    dataset = mlcroissant.Dataset("croissant.json")
    try:
        return len(list(dataset.records("all")))
    except Exception as error:
        return type(error).__name__
print("registered:", rows("application/vnd.apache.parquet"), "x-parquet:", rows("application/x-parquet"))
PYTHON
seen=$("$folder/env/bin/python" -W ignore read.py 2>/dev/null)
echo "$seen"
[[ $seen == "registered: GenerationError x-parquet: 2" ]]
