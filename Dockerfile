# One image for web, worker, beat, relay and migrations; the command decides which. Built by any Docker with BuildKit.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements.production.lock ./
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r requirements.production.lock
COPY . .
ENV DJANGO_SETTINGS_MODULE=prm.settings.production PRM_VAR_DIR=/app/var
# Static files and message catalogues are part of the image. The addresses are read, and nothing connects to them.
RUN mkdir -p var/assets \
    && export PRM_SECRET_KEY=build PRM_SEALING_KEYS=build PRM_BASE_DOMAIN=build.invalid EMAIL_URL=dummymail:// REDIS_URL=redis://build.invalid \
       DATABASE_URL=postgresql://prm_app@build.invalid/prm \
    && /opt/venv/bin/python manage.py build_ui_assets \
    && /opt/venv/bin/python manage.py compile_translations \
    && /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf var/run

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="Qudao" org.opencontainers.image.description="Partner relationship management"
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=prm.settings.production PRM_VAR_DIR=/app/var PRM_MEDIA_ROOT=/data/media PORT=8000 \
    WEB_WORKERS=2 WEB_THREADS=6
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin qudao \
    && mkdir -p /data/media && chown -R qudao:qudao /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER qudao
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["sh", "-c", "exec granian --interface wsgi --http 1 --no-ws --host 0.0.0.0 --port \"$PORT\" --workers \"$WEB_WORKERS\" --blocking-threads \"$WEB_THREADS\" --respawn-failed-workers --workers-kill-timeout 20 prm.wsgi:application"]
