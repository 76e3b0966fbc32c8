# The API alone; docker-compose.yml puts a Neo4j beside it. An image that runs by itself uses the embedded engine in /data, and listens
# inside its container alone until it is told otherwise:
#   docker run -p 127.0.0.1:8000:8000 -e GUANXI_HOST=0.0.0.0 -e GUANXI_INSECURE_BIND=1 -v guanxi:/data IMAGE
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/guanxi \
 && /opt/guanxi/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml LICENSE README.md CHANGELOG.md ./
COPY app app
COPY graph graph
COPY migrations migrations
COPY schema schema
RUN /opt/guanxi/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home guanxi \
 && install --directory --owner guanxi --mode 0700 /data \
 && install --directory --owner guanxi /opt/guanxi-compiled
COPY --from=build /opt/guanxi /opt/guanxi
ENV PATH=/opt/guanxi/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GUANXI_DATA=/data \
    NUMBA_CACHE_DIR=/opt/guanxi-compiled \
    NUMBA_CPU_NAME=generic
# Compiled for any processor; where the file system is read-only it is read all the same.
RUN guanxi doctor --warm && chown --recursive guanxi /opt/guanxi-compiled
USER guanxi
WORKDIR /home/guanxi
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["guanxi", "serve"]
