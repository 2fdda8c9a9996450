"""Writes the list of ingredients as CycloneDX: made of the locks alone, so the same locks give the same."""

import uuid
from collections.abc import Sequence
from typing import Any

from contest.supply.locks import PYPI, RUN, Package

SPACE = uuid.UUID("7a3c1f0e-4a55-4f8e-9b0c-0d7f1c5f5e21")
SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"


def bom(packages: Sequence[Package], *, version: str) -> dict[str, Any]:
    """Return the CycloneDX document of these packages; what does not run is `excluded`."""
    components = [_component(package) for package in packages]
    told = "\n".join((version, *(component["bom-ref"] for component in components)))
    return {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(SPACE, told)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "contest",
                "name": "contest",
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
        "dependencies": [
            {"ref": "contest", "dependsOn": [p.purl() for p in packages if p.purpose == RUN]}
        ],
    }


def _component(package: Package) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl(),
        "name": package.name,
        "version": package.version,
        "purl": package.purl(),
        "scope": "required" if package.purpose == RUN else "excluded",
        "properties": [{"name": "contest:purpose", "value": package.purpose}],
    }
    if package.ecosystem == PYPI:  # one hash per wheel, of which a machine installs one
        made["properties"] += [{"name": "contest:sha256", "value": h} for _, h in package.hashes]
    elif package.hashes:
        made["hashes"] = [{"alg": alg, "content": digest} for alg, digest in package.hashes]
    return made
