"""Behind nginx and haproxy, which send requests of many clients over one connection."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.conftest import Server, serving
from tests.delivery_methods import connection
from tests.ports import free_port
from tests.waiting import until

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile on; client_body_in_file_only clean;  # head and body go out one after the other
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    upstream chat {{ server {host}:{server_port}; keepalive 1; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://chat;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_buffering off;
        }}
    }}
}}
"""

HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend front
    bind 127.0.0.1:{port}
    default_backend chat
backend chat
    http-reuse always
    server chat {host}:{server_port}
"""

UPGRADES = ["h2c", "websocket2", "TLS/1.0", "foo, bar", "WebSocket", ""]
SMUGGLED = [
    # answered to the next client
    "GET /messages/wait?timeout=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    # takes the request of the next client
    "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\n",
]


@contextmanager
def proxy(server: Server, folder: Path, program: str) -> Iterator[Server]:
    """Run a proxy in front of the server; yield the server as its clients see it."""
    port = free_port()
    host, server_port = server.url.removeprefix("http://").split(":")
    template = NGINX if program == "nginx" else HAPROXY
    config = folder / "proxy.conf"
    values = {"host": host, "server_port": server_port, "port": port, "folder": folder}
    config.write_text(template.format(**values))
    arguments = ["-p", str(folder), "-c"] if program == "nginx" else ["-f"]
    command = [program, *arguments, str(config)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, text=True)
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{url}/healthz").status_code == 200
        return False

    try:
        until(answers)
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Server(url, server.address, client, process)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module", params=["nginx", "haproxy"])
def behind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp("proxy")
    with (
        serving(folder / "dialog.jsonl") as server,
        proxy(server, folder, request.param) as behind,
    ):
        yield behind


@pytest.mark.parametrize("smuggled", SMUGGLED)
@pytest.mark.parametrize("upgrade", UPGRADES)
def test_no_client_gets_the_answer_to_another(behind: Server, upgrade: str, smuggled: str) -> None:
    attack = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: {upgrade}\r\n"
        f"Content-Length: {len(smuggled)}\r\n\r\n{smuggled}"
    )
    start = behind.cursor()
    for number in range(4):
        with connection(behind, attack.encode()) as attacker:
            attacker.recv(65536)
            text = f"message {number}"
            answer = behind.client.post("/messages", json={"text": text})
            assert answer.json().get("text") == text
            assert behind.client.get("/img/silk.webp").headers["Content-Type"] == "image/webp"
    messages = behind.client.get(f"/messages?after={start}").json()["messages"]
    assert [message["text"] for message in messages] == [f"message {n}" for n in range(4)]
