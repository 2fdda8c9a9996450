import hashlib
from pathlib import Path

import pytest

from contest.files.store import Store, from_url
from tests import servers


@pytest.fixture(params=["disk", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store of each kind; the S3 one talks to a real server."""
    if request.param == "disk":
        return from_url(f"file://{tmp_path}/files")
    for name, value in {
        "AWS_ENDPOINT_URL": servers.s3_url(),
        "AWS_ACCESS_KEY_ID": "tester",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"files-{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}"
    servers.make_bucket(bucket)
    return from_url(f"s3://{bucket}/kept")
