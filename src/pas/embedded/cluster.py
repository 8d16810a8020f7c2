"""Making a database cluster and its configuration."""

import os
import shutil
import subprocess
from pathlib import Path

from pas.embedded.binaries import binary
from pas.embedded.files import DataDir, Secrets, sync_folder
from pas.embedded.privileges import give, launch_command
from pas.embedded.problem import EmbeddedProblem

SUPERUSER = "postgres"
LOCALES = {
    "18": ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
    "16": ["--locale-provider=libc", "--locale=C.UTF-8"],
}
"""Both sort by code point; 16 has no built-in provider."""

DURABLE = """
fsync = on
synchronous_commit = on
full_page_writes = on
"""
THROW_AWAY = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""

SETTINGS = """
# Written at every start; do not edit.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
superuser_reserved_connections = 3
password_encryption = 'scram-sha-256'

shared_buffers = '1GB'
work_mem = '8MB'
maintenance_work_mem = '128MB'
effective_cache_size = '2GB'
max_locks_per_transaction = 256

# Half of this is about what recovery reads after a crash: a few seconds.
max_wal_size = '512MB'
min_wal_size = '256MB'
wal_compression = 'pglz'
checkpoint_timeout = '5min'

restart_after_crash = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'

logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = '1d'
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d '
# No statement and no key value reaches a log: both may hold personal data.
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_statement = 'none'
log_min_duration_statement = -1
"""

ACCESS = """\
# Written at every start: the socket, with a password; nothing over the network.
local all all scram-sha-256
"""


def make_cluster(place: DataDir, secrets: Secrets) -> None:
    """Run initdb beside its destination and move it there whole, so a crash leaves no half one."""
    unfinished = place.cluster.with_suffix(".new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    give(unfinished)
    password_file = place.path / ".superuser-password"
    password_file.unlink(missing_ok=True)
    descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.superuser_password)
    give(password_file)
    try:
        _initdb(place, unfinished, password_file)
    finally:
        password_file.unlink()
    unfinished.rename(place.cluster)
    sync_folder(place.path)


def _initdb(place: DataDir, folder: Path, password_file: Path) -> None:
    command = [
        str(binary("initdb", place.version)),
        "--pgdata",
        str(folder),
        "--username",
        SUPERUSER,
        "--pwfile",
        str(password_file),
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        *LOCALES[place.version],
    ]
    done = subprocess.run(
        launch_command(command, place.path),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        message = f"initdb of PostgreSQL {place.version} failed:\n{done.stdout}{done.stderr}"
        raise EmbeddedProblem(message)


def configure(place: DataDir, secrets: Secrets, *, durable: bool) -> None:
    """Write the configuration anew, so that a newer program brings its own settings."""
    socket_dir = place.make_socket_dir()
    text = (
        SETTINGS
        + (DURABLE if durable else THROW_AWAY)
        + f"\ncluster_name = '{secrets.cluster_name}'\n"
        + f"unix_socket_directories = '{_quoted(str(socket_dir))}'\n"
    )
    for name, content in (("postgresql.conf", text), ("pg_hba.conf", ACCESS)):
        path = place.cluster / name
        path.write_text(content)
        path.chmod(0o600)
        give(path)


def environment() -> dict[str, str]:
    """PostgreSQL gets no PG… variable of ours and no secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def _quoted(text: str) -> str:
    """Quote for postgresql.conf; inside double quotes a comma starts no second folder."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f'"{escaped}"'
