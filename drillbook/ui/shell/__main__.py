"""Start Streamlit's own command with this server's limits: ``python -m drillbook.ui.shell run``.

What is set here has to be set before Streamlit configures its server, so no route or middleware
can do it.
"""

from __future__ import annotations

import os

MOST_FILES = 8192


def raise_file_limit() -> None:
    """Let the process have more open files than the 1,024 that many systems begin with."""
    if os.name != "posix":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main() -> None:
    """Run Streamlit's command line."""
    from streamlit.web import cli

    from drillbook.ui.shell import connection_limits

    raise_file_limit()
    connection_limits.install()
    cli.main(prog_name="streamlit")


# A spawned process imports this module again and must not start a second server.
if __name__ == "__main__":
    main()
