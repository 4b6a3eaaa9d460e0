ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /build
RUN python -m venv /opt/secmon
COPY requirements.txt ./
RUN /opt/secmon/bin/python -m pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE wsgi.py ./
COPY migrations ./migrations
COPY secmon ./secmon
RUN /opt/secmon/bin/python -m pip install --no-deps --no-build-isolation . \
    && /opt/secmon/bin/python -m pip uninstall --yes pip setuptools

FROM ${BASE_IMAGE}
RUN groupadd --system --gid 10001 secmon \
    && useradd --system --uid 10001 --gid secmon --home-dir /var/lib/secmon --create-home --shell /usr/sbin/nologin secmon
COPY --from=build /opt/secmon /opt/secmon
ENV PATH=/opt/secmon/bin:$PATH PYTHONUNBUFFERED=1 \
    SECMON_HOST=0.0.0.0 PORT=8000 SECMON_VAR_DIR=/var/lib/secmon
USER 10001:10001
WORKDIR /var/lib/secmon
VOLUME /var/lib/secmon
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["secmon", "run"]
