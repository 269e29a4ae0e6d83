# One image for both programs. `docker compose up` starts them on one volume.
FROM python:3.14-slim

WORKDIR /chat
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
    -r requirements.txt
COPY . .
RUN python -m compileall -q . \
    && useradd --system --user-group --no-create-home chat \
    && install -d -o chat -g chat /data

USER chat
ENV HOST=0.0.0.0 PORT=5000 DIALOG=/data/dialog.jsonl PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"]
CMD ["python", "server.py"]
