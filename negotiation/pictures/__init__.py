"""Values in, Altair chart out. Pure: pages, documents and the command line share these pictures.

Importing Altair imports jsonschema, which asks `rfc3987_syntax` (present wherever JupyterLab is) to
build a grammar for its "iri" formats: two to four seconds that no chart needs. Marked as missing
here, before any module of this package imports Altair, jsonschema leaves that format check out.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
