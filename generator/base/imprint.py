"""What the project says of itself wherever its numbers go: name, authors, date and licences of the data."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

NAME: Final = "Open Model Share"
AUTHORS: Final = "Open Model Share maintainers"
# What stands in figures' files until the site is built: in place of its address, and of the page that takes one in.
SITE: Final = "%oms-site%"
PAGE: Final = "%oms-page%"


@dataclass(frozen=True)
class Imprint:
    """What all figures of a report say of themselves.

    Attributes:
        as_of: the date of the data.
        licences: addresses of the licences of their data.
    """

    as_of: dt.date
    licences: tuple[str, ...]


def describe_dataset(
    imprint: Imprint, *, name: str, description: str, root: str, page: str, files: Iterable[Mapping[str, str]]
) -> dict[str, Any]:
    """Describe data as schema.org does, for search engines and reading machines.

    Args:
        imprint: date and licences.
        name: of the data.
        description: what they are, in sentences.
        root: the site's address.
        page: where they stand, below it.
        files: name, type and address below the root of each file.
    """
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "url": f"{root}{page}",
        "license": list(imprint.licences),
        "creator": {"@type": "Organization", "name": NAME, "url": root},
        "isAccessibleForFree": True,
        "dateModified": imprint.as_of.isoformat(),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file["name"],
                "encodingFormat": file["type"],
                "contentUrl": f"{root}{file['path']}",
            }
            for file in files
        ],
    }
