FROM python:3.11-slim AS build
COPY . /source
RUN python -m venv /opt/digest && /opt/digest/bin/pip install --no-cache-dir /source
RUN install --directory --owner=1000 --group=1000 /volume

FROM python:3.11-slim
COPY --from=build /opt/digest /opt/digest
# Configuration, archive and digests. The root file system may be read-only; /tmp is for what does not last.
COPY --from=build --chown=1000:1000 /volume /digest
ENV PATH=/opt/digest/bin:$PATH HOME=/tmp
WORKDIR /digest
VOLUME /digest
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15m --timeout=1m CMD ["digest", "status", "--check", "--config", "/digest/sources.toml"]
ENTRYPOINT ["digest"]
CMD ["serve", "--config", "/digest/sources.toml"]
