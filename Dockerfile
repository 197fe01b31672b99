# syntax=docker/dockerfile:1
# EcoDash in a container: docker build -t ecodash . && docker run -p 8501:8501 -v ecodash:/data ecodash
# Behind a proxy that serves TLS: see docs/operation.md. One container over one volume, unless the store is PostgreSQL.
FROM python:3.11-slim

ENV MALLOC_ARENA_MAX=2 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp ECODASH_HOME=/data ECODASH_LOG=json

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY .streamlit ./.streamlit
COPY ecodash ./ecodash
COPY pages ./pages
COPY data ./data
COPY app.py pyproject.toml ./

RUN useradd --system --uid 10001 --no-create-home ecodash && mkdir /data && chown ecodash:ecodash /data
USER ecodash
VOLUME /data
EXPOSE 8501
# A stop finishes the commit under way: docker stop --time 45.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501"]
