"""The peer: dlt's rest_api source into PostgreSQL. Usage: dlt-pipeline.py <url> <databaseUrl> <flat|full>"""
import json
import sys
import tempfile
import time

import dlt
from dlt.sources.rest_api import rest_api_source

source_url, database_url, shape = sys.argv[1:4]
source = rest_api_source(
    {
        "client": {
            "base_url": source_url,
            "auth": {"type": "bearer", "token": "bench"},
            "paginator": {"type": "header_link"},
        },
        "resources": [
            {
                "name": "orders",
                "primary_key": "id",
                "write_disposition": {"disposition": "merge", "strategy": "upsert"},
                "endpoint": {"path": "orders?page=1"},
            }
        ],
    }
)
if shape == "flat":
    source.orders.max_table_nesting = 0
pipeline = dlt.pipeline(
    pipeline_name="bench",
    pipelines_dir=tempfile.mkdtemp(),
    destination=dlt.destinations.postgres(database_url),
    dataset_name="dlt_bench",
)
started = time.monotonic()
pipeline.run(source)
seconds = time.monotonic() - started
rows = pipeline.last_trace.last_normalize_info.row_counts["orders"]
print(json.dumps({"rows": rows, "seconds": seconds}))
