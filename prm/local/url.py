"""`python -m prm.local.url [role]`: the URL of the embedded database, for psql and other tools."""

import sys

from prm.local.layout import local_layout
from prm.local.postgres import SUPERUSER, socket_url
from prm.local.services import DATABASE

if __name__ == "__main__":
    role = sys.argv[1] if len(sys.argv) > 1 else SUPERUSER
    sys.stdout.write(socket_url(role, DATABASE, local_layout().postgres_socket_dir) + "\n")
